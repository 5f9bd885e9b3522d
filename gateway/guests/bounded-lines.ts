/** Lines of a peer, each within a bound: one that has no end would be held until there is no memory. */

/** Ends at a line that is longer, and at what has no end. */
export async function* boundedLines(pieces: AsyncIterable<Buffer>, maxBytes: number): AsyncGenerator<string> {
  let held: Buffer[] = [];
  let bytes = 0;
  for await (let piece of pieces) {
    for (let end = piece.indexOf(10); end >= 0; end = piece.indexOf(10)) {
      if (bytes + end > maxBytes) return;
      yield Buffer.concat([...held, piece.subarray(0, end)]).toString('utf8');
      piece = piece.subarray(end + 1);
      [held, bytes] = [[], 0];
    }
    held.push(piece);
    bytes += piece.length;
    if (bytes > maxBytes) return;
  }
}
