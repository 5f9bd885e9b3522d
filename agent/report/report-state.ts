import { CheckedFile } from '../../core/io/file/checked-file.ts';
import { isDiskFull } from '../../core/io/file/disk-full.ts';
import { type Fields, fieldsOf, isFields } from '../../core/json.ts';
import type { StatusFile } from '../../schemas/types.generated.ts';
import { nothingSpent, type Spent } from './day-budget.ts';

/** What the report room remembers between passes. */
export interface ReportState {
  /** The telemetry branch's last known commit. */
  readonly tip: string | undefined;
  /** `statusDigest` of the status that was pushed last. */
  readonly pushed: string | undefined;
  readonly spent: Spent;
  readonly conditions: StatusFile['conditions'];
  /** What was last said of the projects: a pass that does not get to them goes on saying it. */
  readonly projects: StatusFile['projects'];
  readonly applied: string | undefined;
}

export const emptyReportState: ReportState = Object.freeze({
  tip: undefined,
  pushed: undefined,
  spent: nothingSpent,
  conditions: [],
  projects: [],
  applied: undefined,
});

/** Narrows what the file says. It has a checksum, so a whole one is as it was written. */
export function parseReportState(json: unknown): ReportState | undefined {
  return isFields(json) ? { ...emptyReportState, ...json, spent: spentIn(fieldsOf(json.spent)) } : undefined;
}

function spentIn({ day, status, segments, asked }: Fields): Spent {
  const bytes = (value: unknown): number => (typeof value === 'number' && value >= 0 ? value : 0);
  const spent = { status: bytes(status), segments: bytes(segments), asked: bytes(asked) };
  return typeof day === 'string' ? { day, ...spent } : nothingSpent;
}

/** The state, in memory and on the disk. */
export class ReportMemory {
  readonly #file: CheckedFile<ReportState>;
  #state: ReportState;

  private constructor(file: CheckedFile<ReportState>, state: ReportState) {
    this.#file = file;
    this.#state = state;
  }

  static async open(file: string): Promise<ReportMemory> {
    const checked = new CheckedFile(file, parseReportState);
    const found = await checked.read();
    return new ReportMemory(checked, found.kind === 'value' ? found.value : emptyReportState);
  }

  get state(): ReportState {
    return this.#state;
  }

  async save(change: Partial<ReportState>): Promise<void> {
    this.#state = { ...this.#state, ...change };
    await this.#file.write(this.#state);
  }
}

/** A device whose disk is full says so, if nothing else. What could not be written is kept in memory. */
export async function unlessDiskFull(work: Promise<void>): Promise<void> {
  await work.catch((error: unknown) => {
    if (!isDiskFull(error)) throw error;
  });
}
