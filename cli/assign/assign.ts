/** `towline assign`: which release of an app the fleet, a group or a device has. */
import type { Command } from 'commander';
import { type Fleet, layersOf } from '../../core/fleet/fleet.ts';
import { mergeDevice } from '../../core/fleet/merge.ts';
import { manyQuestion } from '../change/change-devices.ts';
import { type FilesAt, withChanges } from '../change/changed-files.ts';
import { editedAt } from '../change/edited-at.ts';
import { fleetOf } from '../change/fleet-of.ts';
import { type Intent, makeChange } from '../change/make-change.ts';
import { type ChangeOptions, changeOptions } from '../change/options.ts';
import { sayMade } from '../change/say-made.ts';
import { placeName, type TargetOptions, type Targets, targetOptions, targetsOf } from '../change/targets.ts';
import { examples } from '../command/examples.ts';
import type { Stop } from '../command/stop.ts';
import { assertRelease } from './named-release.ts';
import { wholeCheck } from './whole-check.ts';

interface AssignOptions extends ChangeOptions, TargetOptions {
  readonly next?: boolean;
}

async function assign(
  app: string,
  release: string,
  options: AssignOptions,
  signal: AbortSignal,
): Promise<void> {
  const key = options.next === true ? 'next' : 'release';
  let targets: Targets | undefined;
  let devices: readonly string[] = [];
  const intend = async (at: FilesAt): Promise<Intent | undefined> => {
    const fleet = await fleetOf(at);
    assertRelease(fleet, app, release);
    targets = targetsOf(fleet, options, placeName(options));
    const files = new Map<string, string>();
    for (const path of targets.paths) {
      const after = await editedAt(at, path, document => {
        document.setIn(['apps', app, key], release);
        // It came ahead, and is there: what comes next is yet to be said.
        if (key === 'release' && document.getIn(['apps', app, 'next']) === release)
          document.deleteIn(['apps', app, 'next']);
      });
      if (after !== undefined) files.set(path, after);
    }
    if (files.size === 0) return undefined;
    devices = await affected(fleet, withChanges(at, files), app, targets.devices);
    const what = `${app} ${release}${key === 'next' ? ' ahead' : ''}`;
    return {
      files,
      message: `${what} for ${targets.words}`,
      question: manyQuestion(devices),
      check: wholeCheck,
    };
  };
  const made = await makeChange({ options, name: `assign-${app}-${release}`, intend }, signal);
  const words = targets?.words ?? '';
  const own = targets?.kind === 'device' && key === 'release';
  sayMade(made, {
    json: options.json === true,
    done:
      key === 'next'
        ? `the images of ${app} ${release} come ahead for ${words}`
        : `${words} has ${app} ${release}: ${devices.length === 1 ? 'one device changes' : `${devices.length} devices change`}`,
    already: `${words} has that already: ${app} ${release}`,
    fields: { app, [key]: release, devices },
    notes: own
      ? ['In a device’s own file it is a pin: no rollout moves it (`towline unpin` takes it away).']
      : [],
  });
}

/** Ids of those whose release of the app is another one, or whose next. */
async function affected(
  before: Fleet,
  after: FilesAt,
  app: string,
  ids: readonly string[],
): Promise<string[]> {
  const changed = await fleetOf(after);
  const of = (fleet: Fleet, id: string) => {
    const layers = layersOf(fleet, id);
    const found = layers === undefined ? undefined : mergeDevice(layers).apps.find(each => each.app === app);
    return `${found?.release} ${found?.next}`;
  };
  return ids.filter(id => of(before, id) !== of(changed, id));
}

export function registerAssign(command: Command, stop: Stop): void {
  command
    .argument('<app>', 'name of the app')
    .argument('<release>', 'one that is there: `towline release` makes it')
    .option('--next', 'bring its images to the disk, and switch to nothing');
  changeOptions(targetOptions(command))
    .addHelpText(
      'after',
      examples([
        ['towline assign hello 1.1.0 --group canary', 'those go ahead'],
        ['towline assign hello 1.1.0 --fleet --next', 'its images come to all, ahead of the switch'],
        ['towline assign hello 1.0.0 --device pump-4 --dry-run', 'what would change'],
      ]),
    )
    .action((app: string, release: string, options: AssignOptions) => assign(app, release, options, stop()));
}
