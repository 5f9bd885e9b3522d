/** Files of the branch `audit`: one for each day, `2026/11/29-1234.ndjson`, whose first entry has this number; a busy day has more. */

export interface AuditPiece {
  readonly path: string;
  /** `2026-11-29`: when its first entry was written, by the gateway's clock. */
  readonly day: string;
  readonly firstSeq: number;
}

/** What a piece grows to before another begins, bytes: each commit writes its last piece anew. */
export const fullPieceBytes = 256 * 1024;
/** What a piece is read up to. */
export const maxPieceBytes = 2 * fullPieceBytes;
/** How long entries are kept where fleet.yaml says nothing else. */
export const defaultAuditKeep = '400d';
/** Where the branch says how far it goes, for who looks at it at a forge. */
export const headFile = 'head.json';

export function pieceAt(timeMs: number, firstSeq: number): AuditPiece {
  const day = new Date(timeMs).toISOString().slice(0, 10);
  return { path: `${day.replaceAll('-', '/')}-${firstSeq}.ndjson`, day, firstSeq };
}

/** @returns undefined: it is none */
export function readPiecePath(path: string): AuditPiece | undefined {
  const [, year = '', month = '', date = '', seq = ''] =
    /^(\d{4})\/(\d\d)\/(\d\d)-([1-9]\d{0,14})\.ndjson$/.exec(path) ?? [];
  return seq === '' ? undefined : { path, day: `${year}-${month}-${date}`, firstSeq: Number(seq) };
}

/** In the order of the chain: days are what the clock said, and a clock may go back. */
export function inOrder<Piece extends AuditPiece>(pieces: readonly Piece[]): Piece[] {
  return pieces.toSorted((one, other) => one.firstSeq - other.firstSeq);
}
