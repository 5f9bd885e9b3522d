/** Signatures as `ssh-keygen -Y sign` makes them. Source: openssh-portable PROTOCOL.sshsig. */
import { sign } from 'node:crypto';
import { sshSignedMessage, writeSshBlob } from '../../trust/signature/ssh-blob.ts';
import { sshString } from '../../trust/signature/ssh-wire.ts';
import type { SshKey } from '../openssh-key.ts';

/**
 * @param namespace what the signature is for; `git` for commits
 * @returns the armored signature, without a final newline
 */
export function sshSignature(key: SshKey, namespace: string, message: Uint8Array): string {
  const frame = { namespace, reserved: Buffer.alloc(0), hash: 'sha512' };
  const made = sign(null, sshSignedMessage(frame, message), key.privateKey);
  const signature = Buffer.concat([sshString('ssh-ed25519'), sshString(made)]);
  return writeSshBlob({ ...frame, wire: key.publicBlob, signature });
}
