/**
 * The audit log: one JSON line for each thing that was allowed or refused and that a person may ask about later.
 */
import { appendFileSync, closeSync, openSync } from 'node:fs';
import { addressGroup } from '../../core/address-group.ts';
import type { Clock } from '../../core/io/clock.ts';
import { shownJson } from '../../core/shown-text.ts';
import { counter, type Metric } from '../plain-port/metric.ts';

export interface AuditEvent {
  /** What was asked for, such as `push-telemetry`, `git upload-pack`, `tunnel open`. */
  readonly action: string;
  readonly outcome: 'allowed' | 'refused' | 'ended';
  /** Device id or operator name, where it is known. */
  readonly who?: string;
  /** Address of the peer. */
  readonly from?: string;
  readonly code?: string;
  readonly message?: string;
  readonly details?: Readonly<Record<string, string | number | boolean>>;
}

export interface Audit {
  write(event: AuditEvent): void;
}

/**
 * Appends to a file, a line at a time. `reopen` after it was rotated. A line that cannot be written (a full disk) ends
 * nothing: it is counted and handed over, and the next line begins on a line of its own.
 */
export class AuditFile implements Audit, Disposable {
  readonly #path: string;
  readonly #clock: Clock;
  readonly #onLost: (event: AuditEvent, error: unknown) => void;
  #descriptor: number;
  #cut = false;
  /** Lines that could not be written since the start. */
  lost = 0;

  constructor(path: string, clock: Clock, onLost: (event: AuditEvent, error: unknown) => void) {
    this.#path = path;
    this.#clock = clock;
    this.#onLost = onLost;
    this.#descriptor = openSync(path, 'a', 0o600);
  }

  write(event: AuditEvent): void {
    const line = { time: new Date(this.#clock.now()).toISOString(), ...event };
    try {
      appendFileSync(this.#descriptor, `${this.#cut ? '\n' : ''}${shownJson(line)}\n`);
      this.#cut = false;
    } catch (error) {
      this.#cut = true;
      this.lost += 1;
      this.#onLost(event, error);
    }
  }

  metrics(): Metric[] {
    return [
      counter(
        'towline_gateway_audit_lost_total',
        'Lines of the audit log that could not be written.',
        this.lost,
      ),
    ];
  }

  reopen(): void {
    closeSync(this.#descriptor);
    this.#descriptor = openSync(this.#path, 'a', 0o600);
  }

  async close(): Promise<void> {
    this[Symbol.dispose]();
  }

  [Symbol.dispose](): void {
    closeSync(this.#descriptor);
  }
}

/** Refusals of one peer for one reason are told at least so often while they go on, milliseconds. */
const longestIntervalMs = 15 * 60_000;

/** More kinds of requests than there are. */
const maxActions = 64;

interface Seen {
  /** When it was written last, and for how long the next ones are only counted. */
  readonly since: number;
  readonly intervalMs: number;
  dropped: number;
  last: number;
  /** The newest that was only counted. */
  left?: AuditEvent;
}

/**
 * Writes refusals of one peer for one reason at most once in a while, which doubles, and counts the rest: a device that
 * is refused and tries for ever must not fill the disk.
 */
export class QuietAudit implements Audit {
  readonly #audit: Audit;
  /** All of them, written down or not. An alert needs the figure before the first is refused. */
  readonly #refused = new Map<string, number>([['login', 0]]);
  readonly #clock: Clock;
  readonly #seen = new Map<string, Seen>();
  readonly #intervalMs: number;
  readonly #maxKeys = 4096;
  #toldLeft: number;

  constructor(audit: Audit, clock: Clock, intervalMs = 60_000) {
    this.#audit = audit;
    this.#clock = clock;
    this.#intervalMs = intervalMs;
    this.#toldLeft = clock.monotonic();
  }

  write(event: AuditEvent): void {
    const key = `${event.who ?? addressGroup(event.from)} ${event.action} ${event.code ?? ''}`;
    // Who comes again says it with the next line.
    this.#tellLeft(this.#seen.get(key));
    if (event.outcome !== 'refused') {
      this.#audit.write(event);
      return;
    }
    this.#count(event.action);
    const now = this.#clock.monotonic();
    const entry = this.#seen.get(key);
    if (entry !== undefined && now - entry.since < entry.intervalMs) {
      entry.dropped += 1;
      entry.last = now;
      entry.left = event;
      return;
    }
    if (this.#seen.size >= this.#maxKeys) this.#forgetAll();
    // Who has kept away for so long begins anew.
    const goesOn = entry !== undefined && now - entry.last < longestIntervalMs;
    const intervalMs = goesOn ? Math.min(2 * entry.intervalMs, longestIntervalMs) : this.#intervalMs;
    this.#seen.set(key, { since: now, intervalMs, dropped: 0, last: now });
    this.#tell(event, entry?.dropped ?? 0);
  }

  #tell(event: AuditEvent, sameBefore: number): void {
    this.#audit.write(sameBefore === 0 ? event : { ...event, details: { ...event.details, sameBefore } });
  }

  /** Of those who come no more: the last of what was only counted tells of the others. Looked at once in a while. */
  #tellLeft(but: Seen | undefined): void {
    const now = this.#clock.monotonic();
    if (now - this.#toldLeft < this.#intervalMs) return;
    this.#toldLeft = now;
    for (const entry of this.#seen.values())
      if (entry !== but && now - entry.last >= longestIntervalMs) this.#tellLeftOf(entry);
  }

  #tellLeftOf(entry: Seen): void {
    const { left, dropped } = entry;
    if (left === undefined || dropped === 0) return;
    entry.dropped = 0;
    this.#tell(left, dropped - 1);
  }

  #forgetAll(): void {
    for (const entry of this.#seen.values()) this.#tellLeftOf(entry);
    this.#seen.clear();
  }

  metrics(): Metric[] {
    const help = 'What was refused, by what was asked for.';
    return [...this.#refused].map(([action, count]) => ({
      ...counter('towline_gateway_refused_total', help, count),
      labels: { action },
    }));
  }

  /** By its first word: what follows is a ref, or what else a peer has named. */
  #count(action: string): void {
    const [word = ''] = action.split(' ', 1);
    if (this.#refused.has(word) || this.#refused.size < maxActions)
      this.#refused.set(word, (this.#refused.get(word) ?? 0) + 1);
  }
}
