/**
 * Two channels, each the other's way on: what comes goes on in the same turn, past every buffer, while nothing waits on the
 * way. What cannot go at once is read and written as of any stream.
 */
import { asError } from '../../errors/cause.ts';
import type { Lane } from './incoming-payloads.ts';
import type { ChannelStream } from './ssh-channel.ts';
import { channelState, protocolState } from './ssh2-state.ts';

/** What ssh2 grants, at most. */
const windowBytes = 2 * 1024 * 1024;
const minGrantBytes = windowBytes / 4;

/** @returns how many bytes have passed, so far */
export function passBetween(left: ChannelStream, right: ChannelStream): () => [number, number] {
  const leftToRight = new Passage(left, right);
  const rightToLeft = new Passage(right, left);
  openLane(left, leftToRight, rightToLeft);
  openLane(right, rightToLeft, leftToRight);
  return () => [leftToRight.bytes, rightToLeft.bytes];
}

function openLane(stream: ChannelStream, forth: Passage, back: Passage): void {
  const { id } = channelState(stream.channel).incoming;
  const lane: Lane = { take: data => forth.take(data), granted: () => back.grant() };
  stream.once('close', stream.connection.openLane(id, lane));
}

class Passage {
  readonly #from: ChannelStream;
  readonly #to: ChannelStream;
  #bytes = 0;
  #granting = false;

  constructor(from: ChannelStream, to: ChannelStream) {
    this.#from = from;
    this.#to = to;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** @returns false where it was not sent */
  take(data: Buffer): boolean {
    const { incoming } = channelState(this.#from.channel);
    if (incoming.state !== 'open' || data.length > incoming.window) return false;
    if (!this.#from.isRead || !this.#send(data)) return false;
    incoming.window -= data.length;
    this.#bytes += data.length;
    this.grant();
    return true;
  }

  /** As much as may be sent on, as soon as the connection there takes more. */
  grant(): void {
    if (this.#granting || !this.#isDue()) return;
    this.#granting = true;
    this.#to.connection.whenWritable(() => {
      this.#granting = false;
      const { incoming, outgoing } = channelState(this.#from.channel);
      const { lost, ssh } = this.#from.connection;
      if (lost || incoming.state !== 'open' || outgoing.state === 'closed' || !this.#isDue()) return;
      const bytes = this.#grantable();
      incoming.window += bytes;
      try {
        protocolState(ssh).channelWindowAdjust(outgoing.id, bytes);
      } catch (error) {
        this.#from.destroy(asError(error));
      }
    });
  }

  #send(data: Buffer): boolean {
    const { outgoing } = channelState(this.#to.channel);
    const { lost, ssh } = this.#to.connection;
    if (lost || outgoing.state !== 'open' || outgoing.window < data.length) return false;
    if (!this.#to.isWritten || !this.#to.connection.mayPass()) return false;
    outgoing.window -= data.length;
    try {
      for (let sent = 0; sent < data.length; sent += outgoing.packetSize) {
        protocolState(ssh).channelData(outgoing.id, data.subarray(sent, sent + outgoing.packetSize));
      }
    } catch (error) {
      // Where a connection has just failed: it is not the fault of the one that the data came by.
      this.#to.destroy(asError(error));
    }
    return true;
  }

  #grantable(): number {
    const { incoming } = channelState(this.#from.channel);
    return Math.min(windowBytes, channelState(this.#to.channel).outgoing.window) - incoming.window;
  }

  /** Not for every packet; but a peer that may send hardly anything gets what there is. */
  #isDue(): boolean {
    const bytes = this.#grantable();
    const { window } = channelState(this.#from.channel).incoming;
    return bytes >= minGrantBytes || (bytes > 0 && window < minGrantBytes / 8);
  }
}
