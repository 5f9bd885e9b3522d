/** Pins of TLS keys: what a gateway is known by, instead of a CA (docs/trust.md, "Identity without a CA"). */
import { createHash, timingSafeEqual, type X509Certificate } from 'node:crypto';
import type { TLSSocket } from 'node:tls';

/** `sha256:<base64>` of a SubjectPublicKeyInfo in DER form (RFC 7469 §2.4 without the quotes). */
export function tlsPin(spkiDer: Uint8Array): string {
  return `sha256:${createHash('sha256').update(spkiDer).digest('base64')}`;
}

/** The pin of the key that the peer proved to have in this handshake, or in the one that this session resumes. */
export function peerPin(socket: TLSSocket): string | undefined {
  const certificate = socket.getPeerX509Certificate();
  if (certificate === undefined) return undefined;
  return certificatePin(certificate);
}

export function certificatePin({ publicKey }: X509Certificate): string {
  return tlsPin(publicKey.export({ type: 'spki', format: 'der' }));
}

/** Whether `pin` is one of `pins`; all are compared, each in constant time. */
export function isPinned(pin: string, pins: readonly string[]): boolean {
  const bytes = Buffer.from(pin);
  let found = false;
  for (const candidate of pins) {
    const other = Buffer.from(candidate);
    if (other.length === bytes.length && timingSafeEqual(other, bytes)) found = true;
  }
  return found;
}
