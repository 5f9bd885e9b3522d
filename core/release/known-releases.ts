/** The releases of a fleet, and who is assigned to each. */

import type { Apps, ReleaseFile } from '../../schemas/types.generated.ts';
import { TowlineError } from '../errors.ts';
import { type Fleet, layersOf } from '../fleet/fleet.ts';
import { rolledOut } from '../rollout/rolled-out.ts';
import { byCommit } from '../rollout/when.ts';
import { unknownName } from '../unknown-name.ts';

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
