/**
 * The one way out of a device: HTTPS with mutual TLS to the first gateway that answers and shows a pinned key.
 */
import type { Duplex } from 'node:stream';
import type { GatewayAddress } from '../../fleet/gateway-address.ts';

export interface DialRequest {
  readonly method: 'GET' | 'POST';
  /** Path and query, such as `/fleet.git/info/refs?service=git-upload-pack`. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array | AsyncIterable<Uint8Array>;
  /** The whole exchange may take this long, milliseconds. */
  readonly timeoutMs: number;
  /** The connection may be silent this long, milliseconds; without it, as long as the whole exchange. */
  readonly idleTimeoutMs?: number;
  /** The answer may be this long, bytes; beyond it the body throws. */
  readonly maxBytes: number;
}

export interface DialResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: AsyncIterable<Uint8Array>;
  /** The gateway that answers so is asked after the others from now on. Absent: there is but one. */
  readonly leave?: () => void;
}

export interface Dialler {
  /** Addresses are tried in turn, the one that answered last first. */
  request(request: DialRequest, signal: AbortSignal): Promise<DialResponse>;
  /** `GET path` with `Upgrade: protocol`; resolves with the raw stream after the 101. */
  upgrade(
    path: string,
    protocol: string,
    signal: AbortSignal,
  ): Promise<{ stream: Duplex; gateway: GatewayAddress }>;
  /** New addresses and pins from a trusted commit; those of the configuration stay. */
  use(gateways: readonly GatewayAddress[]): void;
  close(): Promise<void>;
}
