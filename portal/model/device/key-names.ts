/** Keys by names that a person can compare. */
import { createHash } from 'node:crypto';
import { sshFingerprint } from '../../../core/trust/signature/ssh-public-key.ts';
import type { DeviceFile } from '../../../schemas/types.generated.ts';
import type { Device } from '../../api/types.generated.ts';

/** `SHA256:…`, as ssh-keygen shows it. @param line of a public key file */
export const sshName = (line: string): string =>
  sshFingerprint(Buffer.from(line.trim().split(/\s+/)[1] ?? '', 'base64'));

/** @param spki DER, base64 */
export const tlsName = (spki: string): string =>
  `SHA256:${createHash('sha256').update(Buffer.from(spki, 'base64')).digest('base64').replace(/=+$/, '')}`;

export function keyNames(keys: DeviceFile['keys']): Pick<Device, 'keys'> {
  if (keys === undefined) return {};
  const { ssh, tls } = keys;
  return {
    keys: {
      ...(ssh === undefined ? {} : { ssh: sshName(ssh) }),
      ...(tls === undefined ? {} : { tls: tlsName(tls) }),
    },
  };
}
