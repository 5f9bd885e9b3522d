/** Certificates of people, as the gateway's signer makes them. Source: PROTOCOL.certkeys of OpenSSH. */
import { type KeyObject, sign } from 'node:crypto';
import { ByteCursor } from '../../trust/git/byte-cursor.ts';
import { sshString, sshUint32, sshUint64 } from '../../trust/signature/ssh-wire.ts';
import { identityData, identityExtension, type ProviderIdentity } from './identity-extension.ts';

export interface CertificateContent {
  /** Wire form of the person's key. */
  readonly key: Uint8Array;
  readonly serial: bigint;
  readonly keyId: string;
  readonly principal: string;
  /** Milliseconds since the epoch; whole seconds count. */
  readonly fromMs: number;
  readonly untilMs: number;
  readonly identity: ProviderIdentity;
  /** 32 random bytes. */
  readonly nonce: Uint8Array;
}

/** An Ed25519 key. */
export interface SigningKey {
  readonly privateKey: KeyObject;
  /** Wire form. */
  readonly publicBlob: Uint8Array;
}

/** What stock sshd lets a person do; ours asks the repository. */
const permitted = ['permit-agent-forwarding', 'permit-port-forwarding', 'permit-pty'];
const userType = 1;

/** @returns the wire form */
export function makeCertificate(content: CertificateContent, signer: SigningKey): Buffer {
  const { key, serial, keyId, principal, fromMs, untilMs, identity, nonce } = content;
  const cursor = new ByteCursor(key);
  const type = cursor.sshText();
  const extensions = [
    option(identityExtension, identityData(identity)),
    ...permitted.map(name => option(name, Buffer.alloc(0))),
  ];
  const signed = Buffer.concat([
    sshString(certificateType(type)),
    sshString(nonce),
    cursor.take(cursor.left),
    sshUint64(serial),
    sshUint32(userType),
    sshString(keyId),
    sshString(sshString(principal)),
    sshUint64(BigInt(Math.floor(fromMs / 1000))),
    sshUint64(BigInt(Math.floor(untilMs / 1000))),
    sshString(''),
    sshString(Buffer.concat(extensions)),
    sshString(''),
    sshString(signer.publicBlob),
  ]);
  const signature = Buffer.concat([
    sshString('ssh-ed25519'),
    sshString(sign(null, signed, signer.privateKey)),
  ]);
  return Buffer.concat([signed, sshString(signature)]);
}

/** `ssh-ed25519` → `ssh-ed25519-cert-v01@openssh.com`. */
export function certificateType(type: string): string {
  return `${type.replace(/@openssh\.com$/, '')}-cert-v01@openssh.com`;
}

function option(name: string, data: Uint8Array): Buffer {
  return Buffer.concat([sshString(name), sshString(data)]);
}
