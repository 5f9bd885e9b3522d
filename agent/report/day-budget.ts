/** What a device may send in a day, and of what. Pure; times are milliseconds since the epoch. */

/** Bytes that were sent in one day (UTC). */
export interface Spent {
  readonly day: string;
  /** Commits, trees and status. */
  readonly status: number;
  /** Segments. */
  readonly segments: number;
  /** All of what was sent because the gateway had asked. */
  readonly asked: number;
}

export const nothingSpent: Spent = Object.freeze({ day: '', status: 0, segments: 0, asked: 0 });

/** Of the day's bytes this is the status's own: so much that a device with a hundred changes can say each. */
const reservedShare = 1 / 10;
const leastReserved = 256 * 1024;
const mostReservedShare = 1 / 2;
const askedShare = 1 / 10;
const dayMs = 86_400_000;

/**
 * What was sent in the day that it is now. A clock that goes back by less than a day does not begin one anew, else one that
 * goes to and fro around midnight would send without end; one that had been years ahead does.
 */
export function spentOn(spent: Spent, nowMs: number): Spent {
  const day = new Date(nowMs).toISOString().slice(0, 10);
  const isBack = day < spent.day && Date.parse(spent.day) - nowMs < dayMs;
  return day === spent.day || isBack ? spent : { ...nothingSpent, day };
}

/** What segments must leave to the status, bytes a day. */
export function reservedOf(maxBytes: number): number {
  return Math.min(maxBytes * mostReservedShare, Math.max(maxBytes * reservedShare, leastReserved));
}

/** Bytes of segments that may still go in this day. The status goes on beyond all of it. */
export function segmentRoom(spent: Spent, maxBytes: number): number {
  return Math.max(0, maxBytes - Math.max(reservedOf(maxBytes), spent.status) - spent.segments);
}

/** Bytes that may still go because the gateway asks. */
export function askedRoom(spent: Spent, maxBytes: number): number {
  return Math.max(0, maxBytes * askedShare - spent.asked);
}

export function added(spent: Spent, sent: { status: number; segments: number; asked: boolean }): Spent {
  const { status, segments, asked } = sent;
  return {
    day: spent.day,
    status: spent.status + status,
    segments: spent.segments + segments,
    asked: spent.asked + (asked ? status + segments : 0),
  };
}
