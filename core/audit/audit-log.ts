/** The branch `audit` as it lies in a repository: its commits, its files, their lines. Nothing is believed here but ids of objects. */
import { TowlineError } from '../errors.ts';
import { ObjectReader } from '../trust/git/object-reader.ts';
import type { ObjectId, ObjectSource } from '../trust/git/object-source.ts';
import { type AuditPiece, headFile, inOrder, maxPieceBytes, readPiecePath } from './audit-piece.ts';

export interface LoggedPiece extends AuditPiece {
  readonly id: ObjectId;
}

export interface LoggedLine {
  readonly text: string;
  /** `2026/11/29-1.ndjson:12` */
  readonly where: string;
}

/** Of one branch; a year of minutes is half a million. */
const maxCommits = 2_000_000;
/** Of one branch: 32 GiB of pieces that are full. */
const maxPieces = 131_072;

export class AuditLog {
  readonly #reader: ObjectReader;

  /** Its objects are bounded one by one; how many there are, by the branch. */
  constructor(source: ObjectSource) {
    const unbounded = { maxObjects: Number.POSITIVE_INFINITY, maxTotalBytes: Number.POSITIVE_INFINITY };
    this.#reader = new ObjectReader(source, { ...unbounded, maxCommitBytes: 8192, maxDepth: 4 });
  }

  /** From the tip back to the first one. @throws TowlineError as `ObjectReader.commit` */
  async *commits(tip: ObjectId, signal: AbortSignal) {
    let at: ObjectId | undefined = tip;
    for (let count = 0; at !== undefined; count += 1) {
      signal.throwIfAborted();
      if (count >= maxCommits) throw new TowlineError('AUDIT_MALFORMED', `more than ${maxCommits} commits`);
      const commit = await this.#reader.commit(at);
      yield commit;
      at = commit.parents[0];
    }
  }

  /** In the order of the chain. @throws TowlineError AUDIT_MALFORMED for a file that no gateway puts there */
  async pieces(tip: ObjectId): Promise<readonly LoggedPiece[]> {
    const found: LoggedPiece[] = [];
    for await (const { path, id } of this.#reader.list(tip, '')) {
      if (path === headFile) continue;
      const piece = readPiecePath(path);
      if (piece === undefined)
        throw new TowlineError('AUDIT_MALFORMED', `a file ${path}, which no gateway writes`);
      found.push({ ...piece, id });
      if (found.length > maxPieces) throw new TowlineError('AUDIT_MALFORMED', `more than ${maxPieces} files`);
    }
    return inOrder(found);
  }

  /** One piece is held at a time. */
  async *lines(pieces: readonly LoggedPiece[], signal: AbortSignal): AsyncGenerator<LoggedLine> {
    for (const { path, id } of pieces) {
      signal.throwIfAborted();
      const text = Buffer.from(await this.#reader.blob(id, maxPieceBytes)).toString('utf8');
      const lines = text.split('\n');
      // What stands behind the last line's end is a line, too: a gateway writes whole ones.
      if (lines.at(-1) === '') lines.pop();
      for (const [index, line] of lines.entries()) yield { text: line, where: `${path}:${index + 1}` };
    }
  }
}
