/**
 * One SSH connection with its bounds. ssh2 writes to the transport whatever the channel windows allow and ignores
 * the transport's backpressure, accepts data beyond the window it granted, and loops for ever on a channel whose
 * packets may have no bytes. A hostile peer turns each into memory or time; this class says no.
 */
import type { Duplex } from 'node:stream';
import type { Channel, Client, Connection } from 'ssh2';
import { PeerWork } from '../peer-work.ts';
import { IncomingPayloads, type Lane } from './incoming-payloads.ts';
import { KeyRenewal } from './key-renewal.ts';
import { OutgoingPackets } from './outgoing-packets.ts';
import { ChannelStream } from './ssh-channel.ts';
import { channelState, protocolState } from './ssh2-state.ts';

export interface ConnectionLimits {
  /** Channels write no more while this many bytes wait to be sent. */
  readonly queuedBytes: number;
  /** Replies that nobody reads may not grow beyond this; the connection is cut. */
  readonly maxQueuedBytes: number;
  /** Channels at once, each with at most 2 MiB received and not yet consumed. */
  readonly maxChannels: number;
  /** New keys after so many bytes of both directions together: RFC 4253, section 9. ssh2 begins no exchange by itself. */
  readonly rekeyBytes: number;
}

export const connectionLimits: ConnectionLimits = Object.freeze({
  queuedBytes: 1024 * 1024,
  maxQueuedBytes: 4 * 1024 * 1024,
  maxChannels: 32,
  rekeyBytes: 1024 * 1024 * 1024,
});

/** A channel packet must be able to carry this many bytes; OpenSSH offers 16384 or more. */
const minPacketBytes = 1024;
/** How long a failed connection may take to end, milliseconds. */
const failingMs = 1000;
/** Packets that may wait for the end of a key exchange. */
const maxQueuedPackets = 4096;

const administrativelyProhibited = 1;

export class SshConnection<Ssh extends Connection | Client = Connection | Client> {
  readonly ssh: Ssh;
  readonly transport: Duplex;
  readonly limits: ConnectionLimits;
  /** Where all ends that this peer sets off. */
  readonly work: PeerWork;
  readonly #channels = new Set<ChannelStream>();
  readonly #waiting: (() => void)[] = [];
  /** From the header on. */
  #incoming: IncomingPayloads | undefined;
  #outgoing: OutgoingPackets | undefined;
  #lost = false;
  readonly #keys: KeyRenewal;
  /** Why it was cut from this side, for the log. */
  cutReason: string | undefined;

  /**
   * `ssh` must have its header (server) or be before `connect` (client); the caller listens to `error` itself.
   * @param failed is told why, after the connection was cut for what the peer sent
   */
  constructor(
    ssh: Ssh,
    transport: Duplex,
    failed: (error: unknown) => void,
    limits: ConnectionLimits = connectionLimits,
  ) {
    this.ssh = ssh;
    this.transport = transport;
    this.limits = limits;
    this.#keys = new KeyRenewal(transport, limits.rekeyBytes);
    this.work = new PeerWork({ cut: reason => this.cut(reason), failed });
    const { work } = this;
    const events: NodeJS.EventEmitter = ssh;
    transport.on(
      'drain',
      work.listener(() => this.#release()),
    );
    // Listening to data before ssh2 does would lose the beginning; it listens by the first handshake.
    const inspect = work.listener((chunk: Buffer) => {
      this.#inspect();
      this.#renewKeys(chunk.length);
    });
    events.once('handshake', () => transport.on('data', inspect));
    events.on(
      'handshake',
      work.listener(() => {
        this.#keys.keysChanged();
        this.#outgoing?.keysChanged();
        this.#release();
      }),
    );
    events.on(
      'close',
      work.listener(() => this.#lose()),
    );
    if (protocolState(this.ssh) === undefined) events.once('connect', () => this.#takeOver());
    else this.#takeOver();
  }

  get channelCount(): number {
    return this.#channels.size;
  }

  get lost(): boolean {
    return this.#lost;
  }

  /** Wraps a channel of this connection; undefined (and the connection is cut) when the peer's terms are absurd. */
  adopt(channel: Channel, options: { readonly holdEndOfFile?: boolean } = {}): ChannelStream | undefined {
    if (channelState(channel).outgoing.packetSize < minPacketBytes) {
      this.cut(`channel packets of ${channelState(channel).outgoing.packetSize} bytes`);
      return undefined;
    }
    const stream = new ChannelStream(channel, this, options.holdEndOfFile === true);
    this.#channels.add(stream);
    stream.once('close', () => {
      this.#channels.delete(stream);
      if (this.#channels.size === 0) this.#outgoing?.forget();
    });
    return stream;
  }

  /** Calls back, at once or later, when the transport may take more; not at all once the connection is lost. */
  whenWritable(callback: () => void): void {
    if (this.#waiting.length === 0 && !this.#saturated()) callback();
    else this.#waiting.push(callback);
  }

  /** What comes for a channel goes to `lane` first. */
  openLane(id: number, lane: Lane): () => void {
    this.#incoming?.open(id, lane);
    return () => this.#incoming?.close(id, lane);
  }

  /** Whether there is room for what a channel's window has let in already, as little as that was asked for now. */
  mayPass(): boolean {
    const bytes = (this.limits.queuedBytes + this.limits.maxQueuedBytes) / 2;
    return protocolState(this.ssh)._kexinit === undefined && this.transport.writableLength < bytes;
  }

  /** Refuses a channel with a line that stock ssh shows to the person. */
  refuse(reject: () => void, message: string): void {
    const protocol = protocolState(this.ssh);
    const original = protocol.channelOpenFail;
    protocol.channelOpenFail = recipient =>
      original.call(protocol, recipient, administrativelyProhibited, message);
    try {
      reject();
    } catch {
      this.cut('refusal could not be sent');
    } finally {
      protocol.channelOpenFail = original;
    }
  }

  /** Ends the connection and every live channel at once. */
  cut(reason: string): void {
    this.cutReason ??= reason;
    for (const channel of [...this.#channels]) channel.destroy();
    this.#outgoing?.flush();
    this.transport.destroy();
  }

  /** Ends a connection whose protocol failed, in a way that lets the peer read why. */
  fail(reason: string): void {
    this.cutReason ??= reason;
    for (const channel of [...this.#channels]) channel.destroy();
    if (this.transport.destroyed) return;
    // Destroying what has unread input sends a reset, and the peer loses our last words.
    this.transport.end();
    this.transport.resume();
    const timer = setTimeout(() => this.transport.destroy(), failingMs);
    this.transport.once('close', () => clearTimeout(timer));
  }

  /** From the first encrypted packet on, payloads are looked at before ssh2 gets them, and packets are written here. */
  #takeOver(): void {
    this.#incoming = new IncomingPayloads(protocolState(this.ssh), this.transport, this.work);
    this.#outgoing = new OutgoingPackets(protocolState(this.ssh), this.transport);
  }

  #saturated(): boolean {
    // During a key exchange ssh2 queues without limit, outside the transport.
    return (
      this.transport.writableLength >= this.limits.queuedBytes ||
      protocolState(this.ssh)._kexinit !== undefined
    );
  }

  #release(): void {
    while (!this.#lost && !this.#saturated()) {
      const next = this.#waiting.shift();
      if (next === undefined) return;
      next();
    }
  }

  #inspect(): void {
    if (this.transport.writableLength > this.limits.maxQueuedBytes) {
      this.cut('the peer asks for more than it reads');
    } else if ((protocolState(this.ssh)._queue?.length ?? 0) > maxQueuedPackets) {
      this.cut('the peer does not finish its key exchange');
    } else if ([...this.#channels].some(stream => channelState(stream.channel).incoming.window < 0)) {
      this.cut('the peer sends more than its window');
    }
  }

  #renewKeys(bytes: number): void {
    const protocol = protocolState(this.ssh);
    if (!this.#keys.isDueAfter(bytes) || this.#lost || this.transport.destroyed) return;
    if (protocol._kexinit === undefined) protocol.rekey();
  }

  #lose(): void {
    this.#lost = true;
    this.#waiting.length = 0;
    for (const channel of [...this.#channels]) channel.connectionLost();
  }
}
