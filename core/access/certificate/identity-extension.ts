/** Who a person is at the provider, as the signer puts it into their certificate: an extension that stock sshd passes over. */
import { ByteCursor } from '../../trust/git/byte-cursor.ts';
import { sshString } from '../../trust/signature/ssh-wire.ts';

export const identityExtension = 'identity@towline.dev';

export interface ProviderIdentity {
  readonly iss: string;
  readonly sub: string;
}

export function identityData({ iss, sub }: ProviderIdentity): Buffer {
  return Buffer.concat([sshString(iss), sshString(sub)]);
}

/** @throws RangeError where it has not this form */
export function readIdentity(data: Uint8Array): ProviderIdentity {
  const cursor = new ByteCursor(data);
  const iss = cursor.sshString().toString('utf8');
  const sub = cursor.sshString().toString('utf8');
  cursor.end();
  return { iss, sub };
}
