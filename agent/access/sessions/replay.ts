/** The screen so far, for who comes later: the end of what a session has put out, within a bound. */

const maxBytes = 256 * 1024;

export class Replay {
  #pieces: Buffer[] = [];
  #bytes = 0;
  /** What was before is gone: the beginning may be the middle of something. */
  #isCut = false;

  add(bytes: Uint8Array): void {
    // A program that puts out byte after byte makes no list of a quarter of a million.
    const last = this.#pieces.at(-1);
    if (last !== undefined && last.length < 4096)
      this.#pieces[this.#pieces.length - 1] = Buffer.concat([last, bytes]);
    else this.#pieces.push(Buffer.from(bytes));
    this.#bytes += bytes.length;
    for (;;) {
      const [first] = this.#pieces;
      if (first === undefined || this.#bytes - first.length < maxBytes) return;
      this.#pieces.shift();
      this.#bytes -= first.length;
      this.#isCut = true;
    }
  }

  /** From the beginning of a line. */
  get bytes(): Buffer {
    const all = Buffer.concat(this.#pieces);
    return this.#isCut ? all.subarray(all.indexOf(10) + 1) : all;
  }
}
