/** Where a session leads that the gateway ends: by the user name, `web+pump-17` or `app.web+pump-17`. */
import { servicesNamed } from '../../core/access/user-name.ts';
import type { FleetView } from '../fleet/fleet-view.ts';

export interface EndedPlace {
  readonly device: string;
  /** What the agent's server is given: the service as the person has named it. */
  readonly name: string;
}

/** The service that it means on a device now. */
export interface EndedService extends EndedPlace {
  readonly app: string;
  readonly service: string;
}

const longestName = 300;

/** @returns undefined where it is nobody's but the gateway's own */
export function endedPlace(user: string): EndedPlace | undefined {
  const at = user.lastIndexOf('+');
  if (at < 1 || user.length > longestName) return undefined;
  return { name: user.slice(0, at), device: user.slice(at + 1).replace(/\.fleet$/, '') };
}

/** @returns undefined where there is no such device, its tunnel is closed, or the name means no service of it, or several */
export function endedService(view: FleetView, { device, name }: EndedPlace): EndedService | undefined {
  const [found, ...more] = servicesNamed(name, view.access(device)?.access.services ?? []);
  if (found === undefined || more.length > 0) return undefined;
  return { device, name, app: found.app, service: found.service };
}
