/** Which release of an app the fleet, a group or a device has. */
import { type Fleet, layersOf } from '../fleet/fleet.ts';
import { mergeDevice } from '../fleet/merge.ts';
import { type FilesAt, withChanges } from './changed-files.ts';
import { manyQuestion } from './device-edits.ts';
import { editedAt } from './edited-at.ts';
import { fleetOf } from './fleet-of.ts';
import type { Intent } from './intent.ts';
import { assertRelease } from './named-release.ts';
import { type TargetOptions, type Targets, targetsOf } from './targets.ts';
import { wholeCheck } from './whole-check.ts';

export interface Assignment {
  readonly app: string;
  readonly release: string;
  /** Its images come to the disk, and nothing is switched to. */
  readonly isNext: boolean;
  readonly targets: TargetOptions;
  readonly nowMs: number;
}

export interface IntendedAssignment {
  /** undefined: it is so already. */
  readonly intent: Intent | undefined;
  readonly targets: Targets;
  /** Ids of those whose release of the app is another one, or whose next. */
  readonly devices: readonly string[];
}

/** @param place as messages name it: `main`. @throws TowlineError CLI_USAGE, CLI_NO_SUCH_DEVICE; FleetProblems */
export async function intendAssignment(
  { app, release, isNext, targets: asked, nowMs }: Assignment,
  at: FilesAt,
  place = 'main',
): Promise<IntendedAssignment> {
  const key = isNext ? 'next' : 'release';
  const fleet = await fleetOf(at);
  assertRelease(fleet, app, release);
  const targets = targetsOf(fleet, asked, place);
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
  if (files.size === 0) return { intent: undefined, targets, devices: [] };
  const devices = await affected(fleet, withChanges(at, files), app, targets.devices);
  const message = `${app} ${release}${isNext ? ' ahead' : ''} for ${targets.words}`;
  const check = wholeCheck(new Date(nowMs));
  return { intent: { files, message, question: manyQuestion(devices), check }, targets, devices };
}

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
