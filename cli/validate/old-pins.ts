/** Pins without an end that are forgotten: no rollout moves such a device. */

import type { Problem } from '../../core/errors.ts';
import { layersOf } from '../../core/fleet/fleet.ts';
import { maxYamlBytes } from '../../core/fleet/limits.ts';
import { mergeDevice } from '../../core/fleet/merge.ts';
import { readFleetFile } from '../../core/fleet/read-file.ts';
import type { CheckedFile } from '../../core/fleet/schema-check.ts';
import type { Apps } from '../../schemas/types.generated.ts';
import { openSnapshot } from '../desk/repository.ts';
import { ask, type Question } from './base-commit.ts';

const oldDays = 90;

/** Of devices that stay: apps whose release is their own for good, though fleet or groups give one. */
function endlessPins({ fleet }: Question): { device: CheckedFile<'device'>; app: string; release: string }[] {
  return [...fleet.devices].flatMap(([id, device]) => {
    const { apps, retired, revoked } = device.value;
    const layers = layersOf(fleet, id);
    const isOwn = Object.values(apps ?? {}).some(({ release }) => release !== undefined);
    if (!isOwn || layers === undefined || retired !== undefined || revoked === true) return [];
    return mergeDevice(layers).apps.flatMap(({ app, pin, release }) =>
      pin === undefined || pin.untilMs !== undefined || pin.beneath === undefined || release === undefined
        ? []
        : [{ device, app, release }],
    );
  });
}

/** By main as it was so long ago: what the same file said there already. */
export async function oldPinWarnings(question: Question): Promise<Problem[]> {
  const pins = endlessPins(question);
  if (pins.length === 0) return [];
  const { gitDirectory, head = 'HEAD' } = question;
  const before = `--before=${oldDays}.days.ago`;
  const then = await ask(gitDirectory, 'rev-list', '-1', '--first-parent', before, head);
  if (then === '') return [];
  await using snapshot = await openSnapshot({ repo: gitDirectory, commit: then });
  const warnings: Problem[] = [];
  for (const { device, app, release } of pins) {
    const file = await snapshot.files.fileAt(snapshot.commit, device.path, maxYamlBytes);
    if (file === undefined) continue;
    const apps: Apps = readFleetFile('device', device.path, file.bytes).file?.value.apps ?? {};
    if (apps[app]?.release !== release || apps[app]?.pinned?.until !== undefined) continue;
    const message = `${app} is pinned to ${release} for more than ${oldDays} days, without an end: no rollout moves it`;
    warnings.push({ code: 'ROLLOUT_PIN_OLD', message, position: device.locate(`/apps/${app}/release`) });
  }
  return warnings;
}
