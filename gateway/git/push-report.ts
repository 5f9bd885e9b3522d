/** What receive-pack says at its end of the refs that it did not take (gitprotocol-pack(5), "Report Status"). */

/** The report stands at the end, and is short: what comes before, such as the advert, is forgotten. */
const keptBytes = 64 * 1024;
/** Refs named of one push. */
const maxRefused = 20;

export class PushReport {
  #tail: Buffer = Buffer.alloc(0);

  /** @param chunk of receive-pack's output. */
  add(chunk: Buffer): void {
    this.#tail = Buffer.concat([this.#tail, chunk]).subarray(-keptBytes);
  }

  /** Ref and git's reason. A packet may lie in another one, of the side band. */
  *refused(): Generator<[ref: string, reason: string]> {
    const text = this.#tail.toString('utf8');
    let count = 0;
    for (const [, ref = '', reason = ''] of text.matchAll(/[0-9a-f]{4}ng (refs\/\S+) ([^\n\0]*)\n/g)) {
      if (count++ < maxRefused) yield [ref.slice(0, 200), reason.slice(0, 200)];
    }
  }
}
