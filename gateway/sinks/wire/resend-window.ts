/**
 * What was sent last over a connection on which nothing is acknowledged: it may never have arrived. Bounded by age, number
 * and bytes, whichever is reached first.
 */

/** RFC 6587 and GELF have no acknowledgement; a connection that is gone is noticed well within this. */
const maxAgeMs = 60_000;
const maxFrames = 1_000;
/** Frames are a few hundred bytes; a thousand of the largest would be a gateway's memory. */
const maxBytes = 4 * 1024 * 1024;

interface Sent {
  readonly frame: Buffer;
  readonly atMs: number;
}

export class ResendWindow {
  #sent: Sent[] = [];
  #bytes = 0;

  get frames(): readonly Buffer[] {
    return this.#sent.map(({ frame }) => frame);
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** @param nowMs of a monotonic clock */
  add(frames: readonly Buffer[], nowMs: number): void {
    for (const frame of frames.slice(-maxFrames)) {
      this.#sent.push({ frame, atMs: nowMs });
      this.#bytes += frame.length;
    }
    this.forget(nowMs);
  }

  /** All of it went out once more. */
  resent(nowMs: number): void {
    this.#sent = this.#sent.map(({ frame }) => ({ frame, atMs: nowMs }));
  }

  /** Leaves out what is too old, or too much. */
  forget(nowMs: number): void {
    let first = 0;
    for (const { frame, atMs } of this.#sent) {
      const left = this.#sent.length - first;
      if (left <= maxFrames && this.#bytes <= maxBytes && nowMs - atMs <= maxAgeMs) break;
      this.#bytes -= frame.length;
      first += 1;
    }
    if (first > 0) this.#sent = this.#sent.slice(first);
  }
}
