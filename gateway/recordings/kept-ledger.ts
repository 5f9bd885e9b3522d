/** The gateway's copy of a device's ledger: entries as lines, one after the other by their numbers. */
import { TowlineError } from '../../core/errors.ts';
import { readBounded, writeDurably } from '../../core/io/file/durable-file.ts';
import { entryHash, type LedgerHead, noLedger, readEntryLine } from '../../core/recording/ledger-entry.ts';
import { appendAt } from './appended-file.ts';

/** Of one device: ten thousand sessions. */
const maxBytes = 16 * 1024 * 1024;
/** Below that no entry is let go, however old. */
const worthTrimmingBytes = 1024 * 1024;

export class KeptLedger {
  readonly #file: string;

  constructor(file: string) {
    this.#file = file;
  }

  async lines(): Promise<readonly string[]> {
    const bytes = await readBounded(this.#file, maxBytes + 1024 * 1024);
    const lines = bytes?.toString('utf8').split('\n') ?? [];
    // What stands behind the last line's end is what a power cut has left of one.
    return lines.slice(0, -1);
  }

  async head(): Promise<LedgerHead> {
    return headOf((await this.lines()).at(-1));
  }

  /**
   * Entries that are here already have to be the same.
   * @returns how far it goes then, and by how many bytes it has grown
   * @throws TowlineError GATEWAY_RECORDING_CONFLICT, GATEWAY_RECORDING_MALFORMED, GATEWAY_RECORDINGS_FULL
   */
  async add(lines: readonly string[]): Promise<{ readonly head: LedgerHead; readonly added: number }> {
    const kept = await this.lines();
    const first = kept[0] === undefined ? 1 : numberOf(kept[0]);
    const next = first + kept.length;
    const fresh: string[] = [];
    for (const line of lines) {
      const number = numberOf(line);
      const at = next + fresh.length;
      if (number > at) throw conflict(`entry ${number} does not follow ${at - 1}`);
      if (number === at) fresh.push(line);
      else if (number >= first && kept[number - first] !== line)
        throw conflict(`entry ${number} is here already`);
    }
    const before = kept.reduce((sum, line) => sum + Buffer.byteLength(line) + 1, 0);
    const bytes = Buffer.from(fresh.map(line => `${line}\n`).join(''));
    if (before + bytes.length > maxBytes)
      throw new TowlineError('GATEWAY_RECORDINGS_FULL', 'the ledger of this device is full');
    if (bytes.length > 0) {
      const appended = await appendAt(this.#file, before, bytes);
      // Half a line of a power cut: written whole, once.
      if (appended.kind === 'conflict') await writeDurably(this.#file, [...kept, ...fresh, ''].join('\n'));
    }
    return { head: headOf(fresh.at(-1) ?? kept.at(-1)), added: bytes.length };
  }

  /** Lets entries go that are older, once there are many; the newest stays. */
  async trim(beforeMs: number): Promise<void> {
    const kept = await this.lines();
    const bytes = kept.reduce((sum, line) => sum + line.length, 0);
    if (bytes < worthTrimmingBytes) return;
    const from = kept.findIndex(line => readEntryLine(line).entry.timeMs >= beforeMs);
    const rest = kept.slice(from < 0 ? -1 : from);
    if (rest.length < kept.length) await writeDurably(this.#file, `${rest.join('\n')}\n`);
  }
}

function headOf(line: string | undefined): LedgerHead {
  if (line === undefined) return noLedger;
  const { entry } = readEntryLine(line);
  return { count: entry.number, head: entryHash(entry) };
}

function numberOf(line: string): number {
  try {
    return readEntryLine(line).entry.number;
  } catch (cause) {
    throw new TowlineError('GATEWAY_RECORDING_MALFORMED', 'no entry of a ledger', { cause });
  }
}

function conflict(why: string): TowlineError {
  return new TowlineError('GATEWAY_RECORDING_CONFLICT', why);
}
