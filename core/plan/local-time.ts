/** Local time of a time zone: how far it is from UTC, and since when. */

const minuteMs = 60_000;
/** Shorter than any time between two changes of a clock. */
const strideMs = 12 * 60 * minuteMs;

/** A time in which local clocks run on. Milliseconds since the epoch; `toMs` is not part of it. */
export interface Stretch {
  readonly fromMs: number;
  readonly toMs: number;
  /** Local time less UTC. */
  readonly offsetMs: number;
  /** Local time that is left out right before it: clocks were put forward. */
  readonly leftOutMs: number;
}

function offsets(timeZone: string): (ms: number) => number {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
  });
  return ms => {
    const parts = new Map(format.formatToParts(ms).map(({ type, value }) => [type, Number(value)]));
    const part = (type: Intl.DateTimeFormatPartTypes) => parts.get(type) ?? 0;
    const local = Date.UTC(part('year'), part('month') - 1, part('day'), part('hour'), part('minute'));
    return local - Math.floor(ms / minuteMs) * minuteMs;
  };
}

/**
 * The stretches between two full minutes, in their order.
 * @throws RangeError for a time zone that is not known
 */
export function* stretches(timeZone: string, fromMs: number, toMs: number): Generator<Stretch> {
  const offsetAt = offsets(timeZone);
  let beganMs = fromMs;
  let offsetMs = offsetAt(fromMs);
  let leftOutMs = Math.max(0, offsetMs - offsetAt(fromMs - minuteMs));
  for (let at = fromMs; at < toMs; at += strideMs) {
    const endMs = Math.min(toMs, at + strideMs);
    const lastMs = endMs - minuteMs;
    const after = offsetAt(lastMs);
    if (after === offsetMs) continue;
    let [before, changed] = [at - minuteMs, lastMs];
    while (changed - before > minuteMs) {
      const middle = Math.floor((before + changed) / 2 / minuteMs) * minuteMs;
      if (offsetAt(middle) === offsetMs) before = middle;
      else changed = middle;
    }
    yield { fromMs: beganMs, toMs: changed, offsetMs, leftOutMs };
    leftOutMs = Math.max(0, after - offsetMs);
    [beganMs, offsetMs] = [changed, after];
  }
  yield { fromMs: beganMs, toMs, offsetMs, leftOutMs };
}
