/** Sends a blob, or a part of it, to one device at its own pace, as far as it has come. */
import type { ServerResponse } from 'node:http';
import type { ByteRange } from '../../core/io/registry/registry-path.ts';
import { Slots } from '../limits/slots.ts';
import type { Blob } from './blob.ts';
import { Writes } from './writes.ts';

/**
 * What of each that is being sent is in memory: one piece is read while another one is sent, smaller ones where there are
 * more of them; and one small piece alone where a fleet has come.
 */
const pieces = [
  { upTo: 16, bytes: 256 * 1024, count: 2 },
  { upTo: 64, bytes: 64 * 1024, count: 2 },
  { upTo: Number.POSITIVE_INFINITY, bytes: 16 * 1024, count: 1 },
] as const;

/**
 * So many are served at once while they are quick; others wait in turn, whoever has fewest first. Who takes longer gives
 * the place on and is served all the same: thin lines hold up nobody.
 */
const turns = { size: 96, maxWaiting: 16_384 } as const;
const turnMs = 5_000;

/** Waits before so many bytes go. */
type Pace = (bytes: number) => Promise<void>;

export class BlobSender {
  readonly #stallMs: number;
  readonly #pace: Pace | undefined;
  readonly #turns = new Slots(turns);
  #live = 0;

  /** @param stallMs a device takes a piece in this time at the latest @param pace absent: as fast as they are taken */
  constructor(stallMs: number, pace?: Pace) {
    this.#stallMs = stallMs;
    this.#pace = pace;
  }

  get live(): number {
    return this.#live;
  }

  /** Before the head. @throws TowlineError GATEWAY_BUSY; the signal's reason */
  async turn(device: string, signal: AbortSignal): Promise<Disposable> {
    const place = await this.#turns.take(signal, device);
    const timer = setTimeout(() => place[Symbol.dispose](), turnMs);
    return {
      [Symbol.dispose]: () => {
        clearTimeout(timer);
        place[Symbol.dispose]();
      },
    };
  }

  /** After the head. An answer that cannot be brought to its end is cut, never ended. The caller has entered the blob. */
  async send(blob: Blob, { from, to }: ByteRange, response: ServerResponse): Promise<void> {
    this.#live += 1;
    using writes = new Writes(response, this.#stallMs);
    try {
      const { bytes, count } = pieces.find(({ upTo }) => this.#live <= upTo) ?? pieces[2];
      const turns = Array.from({ length: count }, () => ({
        buffer: Buffer.allocUnsafeSlow(bytes),
        sent: Promise.resolve(),
      }));
      for (let at = from, number = 0; at < to; number += 1) {
        const turn = turns[number % count];
        if (turn === undefined) break;
        await turn.sent;
        await blob.until(at + 1);
        const piece = await blob.read(turn.buffer.subarray(0, Math.min(bytes, to - at)), at);
        await this.#pace?.(piece.length);
        turn.sent = writes.write(piece);
        // Whoever comes to it next hears of it.
        turn.sent.catch(() => undefined);
        at += piece.length;
      }
      for (const { sent } of turns) await sent;
      response.end();
    } catch {
      response.destroy();
    } finally {
      this.#live -= 1;
    }
  }
}
