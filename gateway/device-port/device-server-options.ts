/** How the device port speaks TLS and HTTP. */
import type { ServerOptions } from 'node:https';

export interface TlsFiles {
  readonly key: string | Buffer;
  readonly certificate: string | Buffer;
}

/** Only what Handshakes, which counts in turns, has lost sight of. */
const handshakeTimeoutMs = 120_000;

/** @param requestTimeoutMs longest time in which a request must have arrived */
export function deviceServerOptions(tls: TlsFiles, requestTimeoutMs: number): ServerOptions {
  return {
    key: tls.key,
    cert: tls.certificate,
    minVersion: 'TLSv1.3',
    requestCert: true,
    rejectUnauthorized: false,
    handshakeTimeout: handshakeTimeoutMs,
    requestTimeout: requestTimeoutMs,
    headersTimeout: Math.min(20_000, requestTimeoutMs),
    // A device polls every minute or so: its connection is worth keeping.
    keepAliveTimeout: 150_000,
    connectionsCheckingInterval: Math.min(5_000, requestTimeoutMs),
    maxHeaderSize: 8 * 1024,
    noDelay: true,
  };
}
