/** What somebody did here, as a record of the device's signed telemetry: one for each thing, when it has ended. */
import type { Wanted } from '../../../core/access/judge.ts';
import type { Log } from '../../../core/log.ts';
import type { Fields } from '../../../core/telemetry/record/record.ts';
import type { Noted } from '../../telemetry/events/engine-words.ts';
import type { Identity } from './access-view.ts';
import type { Doing, Person } from './person.ts';

export interface RecordsOptions {
  readonly note: (noted: Noted) => void;
  readonly log: Pick<Log, 'info' | 'warn'>;
  readonly now: () => number;
}

export interface Began {
  readonly wanted: Wanted;
  /** For who reads the record: `shell`, `command …`, `sftp`, `target db`. */
  readonly what: string;
  readonly app?: string;
  readonly service?: string;
  readonly container?: string;
  readonly session?: string;
  cut(reason: string): void;
}

export interface Ended {
  readonly bytesIn: number;
  readonly bytesOut: number;
  readonly exitCode?: number | undefined;
  /** Its reason is why it was cut, where it was. */
  readonly signal?: AbortSignal;
  /** What ran could not be ended. */
  readonly leftRunning?: boolean;
}

/** So many in a window are told by themselves; what is beyond is counted. */
const maxInWindow = 120;
const windowMs = 10 * 60_000;
const longestWhat = 300;

export class ConnectionRecords {
  readonly #options: RecordsOptions;
  #windowMs = 0;
  #told = 0;
  #more = 0;

  constructor(options: RecordsOptions) {
    this.#options = options;
  }

  /** @returns what is called once, when it has ended */
  begin(person: Person, began: Began): (ended: Ended) => void {
    const sinceMs = this.#options.now();
    const doing: Doing = { ...began, sinceMs };
    const over = person.begin(doing);
    const commit = person.view.current?.commit ?? '';
    const reason = person.view.current?.tunnel.reason;
    return ended => {
      over();
      const { app, service, container, session, what } = began;
      this.#write(person.identity, what, sinceMs, {
        ...{ commit, bytesIn: ended.bytesIn, bytesOut: ended.bytesOut },
        ...(reason === undefined ? {} : { reason: reason.slice(0, 200) }),
        ...given({ app, service, container, session, exit: ended.exitCode, cut: cutOf(person, ended) }),
        ...(ended.leftRunning === true ? { leftRunning: true } : {}),
      });
    };
  }

  /** A connection that did nothing. */
  visited(person: Person): void {
    const commit = person.view.current?.commit ?? '';
    this.#write(person.identity, 'nothing', person.sinceMs, { commit });
  }

  /** Somebody was refused. */
  refused(who: string, what: string, why: string): void {
    const text = `${who} was refused: ${what.slice(0, longestWhat)}: ${why}`;
    this.#options.note({ name: 'access.refused', level: 'warn', text, fields: { operator: who, why } });
  }

  #write({ operator, by }: Identity, what: string, sinceMs: number, fields: Fields): void {
    const nowMs = this.#options.now();
    const seconds = Math.max(0, Math.round((nowMs - sinceMs) / 100) / 10);
    const did = what.slice(0, longestWhat);
    const all = { operator, by, what: did, began: new Date(sinceMs).toISOString(), seconds, ...fields };
    const level = fields.leftRunning === true ? 'warn' : 'info';
    this.#options.log[level](all, 'access ended');
    if (!this.#admits(nowMs)) return;
    const left = fields.leftRunning === true ? '; what ran there could not be ended and goes on' : '';
    const way = by === 'key' ? '' : ` (${by === 'gateway' ? 'via gateway' : 'by certificate'})`;
    const text = `${operator}${way}: ${did}, ${seconds} s${left}`;
    this.#options.note({ name: 'access.ended', level, text, fields: all, always: true });
  }

  /** Somebody who is let in may come as often as they like: telemetry stays bounded. */
  #admits(nowMs: number): boolean {
    if (Math.abs(nowMs - this.#windowMs) > windowMs) {
      if (this.#more > 0) {
        const text = `${this.#more} more connections within 10 minutes`;
        this.#options.note({
          name: 'access.more',
          level: 'info',
          text,
          fields: { more: this.#more },
          always: true,
        });
      }
      this.#windowMs = nowMs;
      this.#told = 0;
      this.#more = 0;
    }
    this.#told += 1;
    if (this.#told > maxInWindow) this.#more += 1;
    return this.#told <= maxInWindow;
  }
}

function cutOf(person: Person, { signal }: Ended): string | undefined {
  const by = [signal, person.signal].find(one => one?.aborted === true);
  return by?.reason instanceof Error ? by.reason.message.slice(0, 200) : undefined;
}

function given(fields: Readonly<Record<string, string | number | undefined>>): Fields {
  const known: Record<string, string | number> = {};
  for (const [name, value] of Object.entries(fields)) if (value !== undefined) known[name] = value;
  return known;
}
