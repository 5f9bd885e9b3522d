/**
 * Tickets for the WebSocket of a terminal: a browser sends no header of ours with one. Each is 128 random bits, for one login, for
 * one place, good once and for 20 seconds.
 */
import { randomBytes } from 'node:crypto';
import type { Clock } from '../../core/io/clock.ts';
import type { SessionViewer, TerminalPlace, TerminalSize } from './terminal-home.ts';

export const ticketMs = 20_000;
const ticketBytes = 16;
/** Of one person, and of all, that wait. */
const [maxOfOne, maxTickets] = [8, 256];

export interface TicketFor {
  readonly viewer: SessionViewer;
  readonly place: TerminalPlace;
  readonly size: TerminalSize;
}

interface Kept extends TicketFor {
  readonly untilMs: number;
}

export class TerminalTickets {
  readonly #clock: Pick<Clock, 'monotonic'>;
  readonly #kept = new Map<string, Kept>();

  constructor(clock: Pick<Clock, 'monotonic'>) {
    this.#clock = clock;
  }

  /** @returns undefined: there are as many as may be */
  make(what: TicketFor): string | undefined {
    this.#sweep();
    const own = [...this.#kept.values()].filter(({ viewer }) => viewer.name === what.viewer.name);
    if (own.length >= maxOfOne || this.#kept.size >= maxTickets) return undefined;
    const ticket = randomBytes(ticketBytes).toString('base64url');
    this.#kept.set(ticket, { ...what, untilMs: this.#clock.monotonic() + ticketMs });
    return ticket;
  }

  /** It is used by that. @returns undefined: there is none, it is too old, or its login is over */
  take(ticket: string): TicketFor | undefined {
    this.#sweep();
    const kept = this.#kept.get(ticket);
    this.#kept.delete(ticket);
    return kept === undefined || kept.viewer.signal.aborted ? undefined : kept;
  }

  #sweep(): void {
    const now = this.#clock.monotonic();
    for (const [ticket, { untilMs }] of this.#kept) if (now >= untilMs) this.#kept.delete(ticket);
  }
}
