/** What a soak has seen, line by line, JSON: appended as it comes, so that whatever ends it loses a line at most. */
import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { type Fields, readFields } from '../../core/json.ts';

/** All times are milliseconds since the soak began; parts before count, the pauses between them do not. */
interface At {
  readonly atMs: number;
}

export interface PartBegins extends At {
  readonly kind: 'part';
  readonly seed: number;
  readonly devices: number;
  /** UTC. */
  readonly clock: string;
  /** name → value, as a person reads them. */
  readonly machine: Readonly<Record<string, string>>;
}

export interface PartEnds extends At {
  readonly kind: 'end';
  /** What every device was asked for at the end: none of them is dead. */
  readonly silent: readonly string[];
}

export interface Sample extends At {
  readonly kind: 'sample';
  /** `north-1`, `gateway-1`. */
  readonly part: string;
  readonly role: 'agent' | 'gateway';
  /** One life of its process. */
  readonly life: string;
  /** Since that life began, milliseconds. */
  readonly ageMs: number;
  readonly pssBytes: number;
  readonly descriptors: number;
  /** Of this life. */
  readonly cpuMs: number;
  /** What its folder of state holds. */
  readonly diskBytes: number;
}

export interface Happened extends At {
  readonly kind: 'happened';
  readonly what: string;
  readonly target: string;
  readonly lastsMs: number;
  /** What did not go as it should have. */
  readonly trouble?: string;
}

export interface Converged extends At {
  readonly kind: 'converged';
  readonly commit: string;
  readonly change: string;
  readonly device: string;
  /** Since the push. */
  readonly sincePushMs: number;
  /** Since the push, or since nothing was in the device's way any more. */
  readonly tookMs: number;
  readonly outcome: string;
}

/** A commit of telemetry that the gateway had acknowledged, and has no longer; a commit that a device never got. */
export interface Lost extends At {
  readonly kind: 'lost';
  readonly what: 'telemetry' | 'commit';
  readonly device: string;
  readonly detail: string;
}

/** Telemetry that is there. */
export interface Kept extends At {
  readonly kind: 'kept';
  readonly device: string;
  readonly commits: number;
}

export type Entry = PartBegins | PartEnds | Sample | Happened | Converged | Lost | Kept;
type Kind = Entry['kind'];

const kinds: ReadonlySet<string> = new Set<Kind>([
  ...(['part', 'end', 'sample', 'happened', 'converged', 'lost', 'kept'] as const),
]);

const isEntry = (fields: Fields | Entry): fields is Entry =>
  typeof fields.kind === 'string' && kinds.has(fields.kind) && typeof fields.atMs === 'number';

export class SoakRecord {
  readonly #file: string;
  readonly #entries: Entry[];

  constructor(file: string) {
    this.#file = file;
    const text = existsSync(file) ? readFileSync(file, 'utf8') : '';
    this.#entries = readEntries(text);
    // The line that was cut off ends here.
    if (text !== '' && !text.endsWith('\n')) appendFileSync(file, '\n');
  }

  get entries(): readonly Entry[] {
    return this.#entries;
  }

  /** Where the next part goes on. */
  get lastMs(): number {
    return this.#entries.reduce((last, { atMs }) => Math.max(last, atMs), 0);
  }

  add(entry: Entry): void {
    this.#entries.push(entry);
    appendFileSync(this.#file, `${JSON.stringify(entry)}\n`);
  }

  of<Wanted extends Kind>(kind: Wanted): Extract<Entry, { kind: Wanted }>[] {
    return this.#entries.filter((entry): entry is Extract<Entry, { kind: Wanted }> => entry.kind === kind);
  }
}

/** A line that was cut off by whatever ended it is left out. */
export function readEntries(text: string): Entry[] {
  return text.split('\n').flatMap(line => {
    try {
      const fields = readFields(line);
      return isEntry(fields) ? [fields] : [];
    } catch {
      return [];
    }
  });
}
