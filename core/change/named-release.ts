/** An app and a release of it that somebody named. */
import { TowlineError } from '../errors.ts';
import type { Fleet } from '../fleet/fleet.ts';
import { unknownName } from '../unknown-name.ts';

/** @throws TowlineError CLI_USAGE */
export function assertApp({ apps }: Fleet, app: string): void {
  if (!apps.has(app)) throw new TowlineError('CLI_USAGE', unknownName('app', app, apps.keys()));
}

/** @throws TowlineError CLI_USAGE */
export function assertRelease(fleet: Fleet, app: string, release: string): void {
  assertApp(fleet, app);
  const releases = fleet.apps.get(app)?.releases.keys() ?? [];
  if (![...releases].includes(release))
    throw new TowlineError(
      'CLI_USAGE',
      unknownName(`release of ${app}`, release, fleet.apps.get(app)?.releases.keys() ?? []),
    );
}
