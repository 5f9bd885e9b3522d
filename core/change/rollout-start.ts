/** A release begins to walk through the fleet: the file of a new rollout. */
import { TowlineError } from '../errors.ts';
import type { Fleet } from '../fleet/fleet.ts';
import { rolloutPath } from '../fleet/paths.ts';
import { mayBeOpened } from '../rollout/change-check.ts';
import { editedRollout } from '../rollout/edited.ts';
import { type FilesAt, textAt } from './changed-files.ts';
import { fleetOf } from './fleet-of.ts';
import type { Intent } from './intent.ts';

export interface NewRollout {
  readonly app: string;
  readonly name: string;
  /** The whole file, without the stage that is open. */
  readonly text: string;
  readonly supersedes?: string | undefined;
  /** The same where somebody has named it just now, and not in a file: it must be there. */
  readonly named?: string | undefined;
}

/** @param begins which stage is open to begin with, and since when. @throws TowlineError ROLLOUT_UNKNOWN, ROLLOUT_EXISTS; FleetProblems */
export async function intendStart(
  found: NewRollout,
  begins: { readonly stage: number; readonly since: string },
  at: FilesAt,
): Promise<Intent> {
  const { app, name, named } = found;
  const target = rolloutPath(app, name);
  const text = editedRollout(target, found.text, begins);
  const fleet = await fleetOf(at);
  const ofApp = fleet.rollouts.get(app);
  if (named !== undefined && ofApp?.has(named) !== true)
    throw new TowlineError('ROLLOUT_UNKNOWN', `--supersedes: ${app} has no rollout "${named}"`);
  if (ofApp?.has(name) === true) throw new TowlineError('ROLLOUT_EXISTS', `${target} is there already`);
  const files = new Map([[target, text], ...(await superseded(at, fleet, found))]);
  return { files, message: `Rollout ${app}/${name} begins` };
}

/** The one that it supersedes pauses: to devices each file stands for itself, and a bot’s key could go on with it. */
async function superseded(
  at: FilesAt,
  fleet: Fleet,
  { app, name, supersedes }: NewRollout,
): Promise<[file: string, text: string][]> {
  const file = supersedes === undefined ? undefined : fleet.rollouts.get(app)?.get(supersedes);
  if (file === undefined || !mayBeOpened(file.value)) return [];
  const paused = { paused: true, reason: `${name} supersedes it` };
  return [[file.path, editedRollout(file.path, await textAt(at, file.path), paused)]];
}
