/** Signatures as `ssh-keygen -Y sign` makes them. Source: openssh-portable PROTOCOL.sshsig. */
import { createHash, sign } from 'node:crypto';
import { sshString } from '../../trust/signature/ssh-wire.ts';
import type { SshKey } from '../openssh-key.ts';

const magic = Buffer.from('SSHSIG');

/**
 * @param namespace what the signature is for; `git` for commits
 * @returns the armored signature, without a final newline
 */
export function sshSignature(key: SshKey, namespace: string, message: Uint8Array): string {
  const about = [sshString(namespace), sshString(''), sshString('sha512')];
  const digest = createHash('sha512').update(message).digest();
  const signature = sign(null, Buffer.concat([magic, ...about, sshString(digest)]), key.privateKey);
  const version = Buffer.from([0, 0, 0, 1]);
  const signed = sshString(Buffer.concat([sshString('ssh-ed25519'), sshString(signature)]));
  const blob = Buffer.concat([magic, version, sshString(key.publicBlob), ...about, signed]);
  const lines = blob.toString('base64').match(/.{1,70}/g) ?? [];
  return ['-----BEGIN SSH SIGNATURE-----', ...lines, '-----END SSH SIGNATURE-----'].join('\n');
}
