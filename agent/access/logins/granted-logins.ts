/** Which keys may log in at the device's own sshd now, as which account, and until when. */
import type { DeviceAccess } from '../../../core/access/device-access.ts';
import { judgeAccess } from '../../../core/access/judge.ts';
import { tunnelEndMs } from '../../../core/access/tunnel-end.ts';

export interface GrantedLogin {
  /** Account of the device. */
  readonly user: string;
  /** Wire form, base64. */
  readonly key: string;
  /** Milliseconds since the epoch. */
  readonly untilMs: number;
}

/** sshd asks for each key that anybody shows it: what it has to read through is bounded. */
export const maxGrantedLogins = 4096;

/** @param nowMs wall clock, milliseconds since the epoch */
export function grantedLogins(on: DeviceAccess | undefined, nowMs: number): GrantedLogin[] {
  const untilMs = on && tunnelEndMs(on.tunnel);
  if (on === undefined || untilMs === undefined) return [];
  const users = new Set(on.access.logins.map(({ user }) => user));
  const granted = [...users].flatMap(user =>
    on.operators
      .filter(operator => {
        const wanted = { kind: 'login', user } as const;
        return judgeAccess({ on, operator, coming: { by: 'key' }, wanted, nowMs }).allowed;
      })
      .flatMap(({ keys }) => keys.map(key => ({ user, key, untilMs }))),
  );
  return granted.slice(0, maxGrantedLogins);
}

/**
 * As /usr/lib/towline/authorized-keys reads it: how long it holds, then a login a line.
 * @param leaseMs after this the agent is taken for gone, milliseconds since the epoch
 */
export function loginLines(logins: readonly GrantedLogin[], leaseMs: number): string {
  const lines = logins.map(({ user, key, untilMs }) => `${user} ${expiryTime(untilMs)} ${key}\n`);
  return `lease ${Math.floor(leaseMs / 1000)}\n${lines.join('')}`;
}

/** `expiry-time` of sshd(8) in UTC, the last whole second: 20270131180000Z. */
function expiryTime(untilMs: number): string {
  return `${new Date(untilMs).toISOString().slice(0, 19).replaceAll(/[-T:]/g, '')}Z`;
}
