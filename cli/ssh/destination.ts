/** Where a person wants to go: `pump-17`, `web@pump-17`, `app.web@pump-17`, `admin@pump-17.host`. */
import { TowlineError } from '../../core/errors.ts';
import { namePattern } from '../../core/fleet/paths.ts';

export interface Destination {
  readonly device: string;
  /** A service, a live session, or an account of the device. */
  readonly user?: string;
  /** The device's own sshd. */
  readonly isHost: boolean;
}

/** Nothing in it is taken for an option, or by a shell. */
const userPattern = /^[A-Za-z0-9_][A-Za-z0-9_.+-]{0,127}$/;

/** @throws TowlineError CLI_USAGE */
export function destinationOf(text: string): Destination {
  const at = text.lastIndexOf('@');
  const user = at === -1 ? undefined : text.slice(0, at);
  const host = text.slice(at + 1).replace(/\.fleet$/, '');
  const isHost = host.endsWith('.host');
  const device = isHost ? host.slice(0, -'.host'.length) : host;
  if (!namePattern.test(device) || (user !== undefined && !userPattern.test(user))) {
    const shown = JSON.stringify(text.slice(0, 80));
    throw new TowlineError('CLI_USAGE', `${shown} is no place: pump-17, web@pump-17, admin@pump-17.host`);
  }
  return { device, isHost, ...(user === undefined ? {} : { user }) };
}
