/** The board as one viewer sees it: rows of others are not there, and of devices whose telemetry they do not read nothing is said. */
import { TowlineError } from '../../core/errors.ts';
import type { Viewer } from '../home/viewer.ts';
import type { BoardRow } from './board/board-row.ts';
import { bareStanding } from './board/board-row.ts';
import { saidKinds } from './board/needs.ts';
import type { RowLog } from './board/row-log.ts';

export interface SeenRow {
  readonly row: BoardRow;
  /** Whether what it says of itself is shown. */
  readonly reads: boolean;
}

/** Asked once for each request: rights are those of now. */
export class Sight {
  readonly #viewer: Viewer;
  readonly #rows: RowLog;
  #seen: readonly SeenRow[] | undefined;
  readonly readsAll: boolean;
  readonly readsRepository: boolean;

  constructor(viewer: Viewer, rows: RowLog) {
    this.#viewer = viewer;
    this.#rows = rows;
    this.readsAll = viewer.readsAll();
    this.readsRepository = viewer.readsRepository();
  }

  reads(device: string): boolean {
    return this.readsAll || this.#viewer.reads(device);
  }

  sees(device: string): boolean {
    return this.readsRepository || this.reads(device);
  }

  /** By id. */
  get rows(): readonly SeenRow[] {
    this.#seen ??= this.#rows.all.flatMap(row => this.of(row) ?? []);
    return this.#seen;
  }

  /** @returns undefined: it is somebody else's */
  of(row: BoardRow): SeenRow | undefined {
    const reads = this.reads(row.id);
    // A branch of a device that the fleet does not have is no file of the repository.
    const isSeen = reads || (this.readsRepository && row.wanted.file !== undefined);
    return isSeen ? { row, reads } : undefined;
  }

  /** @throws TowlineError PORTAL_NOT_FOUND: there is none, or it is somebody else's; PORTAL_NOT_READY */
  device(id: string): SeenRow {
    if (this.#rows.version === 0) throw new TowlineError('PORTAL_NOT_READY', 'the fleet is being read');
    const row = this.#rows.get(id);
    const seen = row === undefined ? undefined : this.of(row);
    if (seen === undefined) throw new TowlineError('PORTAL_NOT_FOUND', 'there is no such device');
    return seen;
  }

  /** @throws TowlineError PORTAL_NOT_FOUND */
  assertReads(id: string): SeenRow {
    const seen = this.device(id);
    if (!seen.reads) throw new TowlineError('PORTAL_NOT_FOUND', 'there is no such device');
    return seen;
  }

  /** @throws TowlineError PORTAL_NOT_FOUND: what stands in files is for who reads fleet.git */
  assertReadsRepository(): void {
    if (!this.readsRepository) throw new TowlineError('PORTAL_NOT_FOUND', 'there is no such thing');
  }
}

export const jsonOf = ({ row, reads }: SeenRow): string => (reads ? row.json : row.bareJson);

export const standingOf = ({ row, reads }: SeenRow): string => (reads ? row.standing : bareStanding);

export const kindsOf = ({ row, reads }: SeenRow) =>
  reads ? row.kinds : row.kinds.filter(kind => !saidKinds.has(kind));
