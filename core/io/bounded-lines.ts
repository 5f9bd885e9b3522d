/** What stands behind the last line. */
export interface LinesEnd {
  /** Without an end of its own; of a line that is too long not all of it. */
  readonly rest: Buffer;
  readonly isTooLong: boolean;
}

/**
 * Lines of a peer, each within a bound: one that has no end would be held until there is no memory.
 * @returns at the end of what comes, or at a line that is longer than `maxBytes`
 */
export async function* boundedLines(
  pieces: AsyncIterable<Buffer>,
  maxBytes: number,
): AsyncGenerator<string, LinesEnd> {
  let held: Buffer[] = [];
  let bytes = 0;
  for await (let piece of pieces) {
    for (let end = piece.indexOf(10); end >= 0; end = piece.indexOf(10)) {
      if (bytes + end > maxBytes) return { rest: Buffer.concat(held), isTooLong: true };
      yield Buffer.concat([...held, piece.subarray(0, end)]).toString('utf8');
      piece = piece.subarray(end + 1);
      [held, bytes] = [[], 0];
    }
    held.push(piece);
    bytes += piece.length;
    if (bytes > maxBytes) return { rest: Buffer.concat(held), isTooLong: true };
  }
  return { rest: Buffer.concat(held), isTooLong: false };
}
