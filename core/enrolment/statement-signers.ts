/**
 * Whose signature counts on a statement of a device: the one-time key that its file waits for, and, so that a device
 * can change its keys, the SSH key that the file already names.
 */
import type { DeviceFile } from '../../schemas/types.generated.ts';

export interface StatementSigner {
  /** `ssh-ed25519 …` */
  readonly key: string;
  /** Milliseconds since the epoch; never for a key that the device has. */
  readonly expiresMs: number;
}

/** The one-time key first. While a device is being replaced, its old key vouches for nothing: only the token does. */
export function statementSigners({
  enrolment,
  keys,
}: Pick<DeviceFile, 'enrolment' | 'keys'>): StatementSigner[] {
  if (enrolment !== undefined) return [{ key: enrolment.key, expiresMs: Date.parse(enrolment.expires) }];
  return keys === undefined ? [] : [{ key: keys.ssh, expiresMs: Number.POSITIVE_INFINITY }];
}

/** Whether two lines of OpenSSH public key files name one key, whatever their comments. */
export function sameKey(one: string, other: string): boolean {
  const plain = (line: string) => line.trim().split(/\s+/).slice(0, 2).join(' ');
  return plain(one) === plain(other);
}
