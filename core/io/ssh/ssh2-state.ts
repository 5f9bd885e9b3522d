/**
 * What ssh2 1.17 keeps to itself, and its types do not name: typed here once, and read nowhere else. The casts are no
 * narrowing: nothing but a test against the real library says that the fields are there.
 */
import type { Duplex } from 'node:stream';
import type { Channel, Client, Connection } from 'ssh2';

interface ChannelState {
  readonly incoming: { readonly id: number; window: number; readonly state: string };
  readonly outgoing: {
    readonly id: number;
    window: number;
    readonly packetSize: number;
    readonly state: string;
  };
  /** Sends end-of-file, and the other direction stays open. */
  eof(): void;
  close(): void;
  /** Of a session's channel on a server. */
  exit(code: number): void;
  /** What waits for the peer's window. ssh2 never forgets it, and would send it again when the other output waits. */
  _chunk: Uint8Array | undefined;
  _chunkcb: unknown;
  _chunkErr: Uint8Array | undefined;
  _chunkcbErr: unknown;
}

interface ConnectionState {
  /** The transport that ssh2 was given. */
  readonly _sock: Duplex;
  readonly _protocol: ProtocolState;
}

export interface CipherState {
  /** Memory for one packet, its length and padding written. */
  allocPacket(payloadBytes: number): Buffer;
}

export interface ProtocolState {
  /** Given to each new decipher. What it returns, if anything, is where the parser goes on: Infinity ends it. */
  _onPayload: (payload: Buffer) => number | undefined;
  /** Given to each new cipher. */
  _onWrite: (packet: Uint8Array) => void;
  /** Anything came: the peer lives. */
  _onPacket(): void;
  readonly _cipher: CipherState;
  /** A key exchange takes its payloads in place of `_onPayload`. */
  readonly _decipher: { _onPayload: ProtocolState['_onPayload']; _packet: Uint8Array | null } | undefined;
  readonly _kexinit: unknown;
  readonly _queue: readonly Uint8Array[] | undefined;
  /** Begins a key exchange; what is sent meanwhile waits in the queue. */
  rekey(): void;
  channelData(recipient: number, data: Buffer): void;
  channelWindowAdjust(recipient: number, bytes: number): void;
  channelOpenFail(recipient: number, reason: number, description: string): void;
}

/** The state of a channel as ssh2 keeps it. */
export function channelState(channel: Channel): ChannelState {
  return channel as unknown as ChannelState;
}

function connectionState(connection: Connection | Client): ConnectionState {
  return connection as unknown as ConnectionState;
}

/** The transport that ssh2 was given for this connection. */
export function transportOf(connection: Connection | Client): Duplex {
  return connectionState(connection)._sock;
}

/** A client has none before it connects. */
export function protocolState(connection: Connection | Client): ProtocolState {
  return connectionState(connection)._protocol;
}
