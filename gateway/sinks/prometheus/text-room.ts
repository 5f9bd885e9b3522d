/** Text of a scrape, written as bytes into one room that is handed on whenever it is full: no string is made of a line. */

/** What is longer makes it larger. */
const roomBytes = 512 * 1024;

export class TextRoom {
  #room = Buffer.allocUnsafeSlow(roomBytes);
  #length = 0;

  /** Whether so many more bytes fit. */
  has(bytes: number): boolean {
    return this.#length + bytes <= this.#room.length;
  }

  /** @returns what was written; it is good until something is written again */
  take(): Buffer {
    const text = this.#room.subarray(0, this.#length);
    this.#length = 0;
    return text;
  }

  /** Of an empty room: as much as this takes. */
  reserve(bytes: number): void {
    if (bytes > this.#room.length) this.#room = Buffer.allocUnsafeSlow(bytes);
  }

  /** There is room for it. */
  bytes(text: Uint8Array): void {
    this.#room.set(text, this.#length);
    this.#length += text.length;
  }

  /** The same of plain ASCII that is short. */
  ascii(text: string): void {
    for (let at = 0; at < text.length; at += 1) this.#room[this.#length + at] = text.charCodeAt(at);
    this.#length += text.length;
  }
}
