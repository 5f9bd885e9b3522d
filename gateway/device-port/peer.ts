/** Who is at the other end of a TLS connection: the public key it proved to have, and nothing else. */
import type { TLSSocket } from 'node:tls';

export class PeerKeys {
  readonly #known = new WeakMap<TLSSocket, string>();

  /**
   * SubjectPublicKeyInfo of the peer's certificate in base64; undefined without one. In a resumed session the
   * certificate is the one of the session: the key was proven then. It says who, never whether: that is admission's.
   */
  of(socket: TLSSocket): string | undefined {
    const known = this.#known.get(socket);
    if (known !== undefined) return known;
    const certificate = socket.getPeerX509Certificate();
    if (certificate === undefined) return undefined;
    const key = certificate.publicKey.export({ type: 'spki', format: 'der' }).toString('base64');
    this.#known.set(socket, key);
    return key;
  }
}
