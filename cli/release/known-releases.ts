/** The releases of a fleet: who made each and when, and who is assigned to it. */

import { TowlineError } from '../../core/errors.ts';
import { type Fleet, layersOf } from '../../core/fleet/fleet.ts';
import { releasePath } from '../../core/fleet/paths.ts';
import { rolledOut } from '../../core/rollout/rolled-out.ts';
import { byCommit } from '../../core/rollout/when.ts';
import type { ObjectId } from '../../core/trust/git/object-source.ts';
import { unknownName } from '../../core/unknown-name.ts';
import type { Apps, ReleaseFile } from '../../schemas/types.generated.ts';
import { git } from '../desk/git.ts';

export interface Assignment {
  /** Files that name it, the widest first; a device’s own is a pin. */
  readonly files: readonly string[];
  readonly pins: readonly string[];
  /** Devices that get it, sorted: by those files and by rollouts. */
  readonly devices: readonly string[];
}

export const nobody: Assignment = { files: [], pins: [], devices: [] };

/** @throws TowlineError CLI_USAGE */
export function releaseOf(fleet: Fleet, app: string, version: string): ReleaseFile {
  const found = releasesOf(fleet, app).get(version);
  if (found === undefined) {
    const known = fleet.apps.get(app)?.releases.keys() ?? [];
    throw new TowlineError('CLI_USAGE', unknownName('release', version, known, `of ${app}`));
  }
  return found.value;
}

/** @throws TowlineError CLI_USAGE */
export function releasesOf(fleet: Fleet, app: string) {
  const found = fleet.apps.get(app);
  if (found === undefined) throw new TowlineError('CLI_USAGE', unknownName('app', app, fleet.apps.keys()));
  return found.releases;
}

/** `app/version` → whom it is assigned to. */
export function assignments(fleet: Fleet): ReadonlyMap<string, Assignment> {
  const found = new Map<string, { files: string[]; pins: string[]; devices: string[] }>();
  const of = (app: string, version: string) => {
    const key = `${app}/${version}`;
    const one = found.get(key) ?? { files: [], pins: [], devices: [] };
    found.set(key, one);
    return one;
  };
  for (const { path, value } of [fleet.file, ...fleet.groups.values(), ...fleet.devices.values()]) {
    const apps: Apps = value.apps ?? {};
    for (const [app, { release }] of Object.entries(apps))
      if (release !== undefined) of(app, release).files.push(path);
  }
  for (const id of fleet.devices.keys()) {
    const layers = layersOf(fleet, id);
    if (layers === undefined) continue;
    for (const { app, release, pin } of rolledOut(layers, byCommit).apps) {
      if (release === undefined) continue;
      of(app, release).devices.push(id);
      if (pin !== undefined) of(app, release).pins.push(id);
    }
  }
  return found;
}

/** Path of a release.yaml → the commit of main's line that brought it. @throws TowlineError CLI_GIT */
export async function madeBy(
  {
    gitDirectory,
    head,
    apps,
  }: { readonly gitDirectory: string; readonly head: ObjectId; readonly apps: readonly string[] },
  signal: AbortSignal,
): Promise<ReadonlyMap<string, ObjectId>> {
  const paths = apps.map(app => `:(glob)${releasePath(app, '*')}`);
  const form = [
    '--first-parent',
    '-m',
    '--diff-filter=A',
    '--no-renames',
    '--name-only',
    '-z',
    '--format=%H',
  ];
  const listed = await git(['log', ...form, '--end-of-options', head, '--', ...paths], {
    directory: gitDirectory,
    signal,
  });
  const found = new Map<string, ObjectId>();
  let commit = '';
  for (const field of listed.split('\0')) {
    // The first name stands on a line of its own.
    const word = field.replace(/^\n/, '');
    if (/^[0-9a-f]{40}$/.test(word)) commit = word;
    // One that was removed and came again: the newest stands first.
    else if (word !== '' && !found.has(word)) found.set(word, commit);
  }
  return found;
}
