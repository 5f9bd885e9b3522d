import { maxChunkTextBytes } from './chunk-box.ts';

/** Whole lines of a cast, as many as go into a chunk. */
export function* chunkTexts(lines: readonly string[]): Generator<Buffer> {
  let [some, bytes]: [Buffer[], number] = [[], 0];
  for (const line of lines) {
    const next = Buffer.from(line);
    if (bytes + next.length > maxChunkTextBytes && some.length > 0) {
      yield Buffer.concat(some);
      [some, bytes] = [[], 0];
    }
    some.push(next);
    bytes += next.length;
  }
  if (some.length > 0) yield Buffer.concat(some);
}
