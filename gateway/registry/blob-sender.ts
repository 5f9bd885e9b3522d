/** Sends a blob, or a part of it, to one device at its own pace, as far as it has come. */
import type { ServerResponse } from 'node:http';
import type { ByteRange } from '../../core/io/registry/registry-path.ts';
import type { Blob } from './blob.ts';

/** Of each that is being sent two pieces are in memory; smaller ones where there are many. */
const pieceBytes = { few: 256 * 1024, many: 32 * 1024 } as const;
const fewSenders = 32;

export class BlobSender {
  readonly #stallMs: number;
  #live = 0;

  /** @param stallMs a device takes a piece in this time at the latest */
  constructor(stallMs: number) {
    this.#stallMs = stallMs;
  }

  get live(): number {
    return this.#live;
  }

  /** After the head. An answer that cannot be brought to its end is cut, never ended. The caller has entered the blob. */
  async send(blob: Blob, { from, to }: ByteRange, response: ServerResponse): Promise<void> {
    this.#live += 1;
    const gone = new AbortController();
    response.once('close', () => gone.abort());
    try {
      const length = this.#live > fewSenders ? pieceBytes.many : pieceBytes.few;
      const turns = [0, 1].map(() => ({ buffer: Buffer.allocUnsafeSlow(length), sent: Promise.resolve() }));
      for (let at = from, count = 0; at < to; count += 1) {
        const turn = turns[count % 2];
        if (turn === undefined) break;
        await turn.sent;
        await blob.until(at + 1);
        const piece = await blob.read(turn.buffer.subarray(0, Math.min(length, to - at)), at);
        turn.sent = this.#write(response, piece, gone.signal);
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

  #write(response: ServerResponse, piece: Buffer, gone: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const onGone = () => reject(new Error('the device has left'));
      const timer = setTimeout(() => response.destroy(), this.#stallMs);
      const over = (error: Error | null | undefined) => {
        clearTimeout(timer);
        gone.removeEventListener('abort', onGone);
        if (error) reject(error);
        else resolve();
      };
      gone.addEventListener('abort', onGone, { once: true });
      if (gone.aborted) over(new Error('the device has left'));
      else response.write(piece, over);
    });
  }
}
