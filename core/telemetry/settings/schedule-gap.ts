/** How long a schedule is silent at the most: what is not heard for a multiple of that is not late, but gone. */

const minuteMs = 60_000;
const dayMinutes = 24 * 60;

/** `*`, `5`, `1-5`, every fifteenth, `0-30/10`, and several of them with commas. @returns sorted; all where it cannot be read */
function valuesOf(field: string, first: number, last: number): number[] {
  const found = new Set<number>();
  for (const part of field.split(',')) {
    const [, from, to, step] = /^(\*|\d+)(?:-(\d+))?(?:\/(\d+))?$/.exec(part) ?? [];
    const start = from === undefined || from === '*' ? first : Number(from);
    const isOne = from !== undefined && from !== '*' && to === undefined && step === undefined;
    const end = isOne ? start : Math.min(last, Number(to ?? last));
    for (let value = start; value <= end; value += Math.max(1, Number(step ?? 1))) found.add(value);
  }
  return [...found].sort((left, right) => left - right);
}

/** The longest way from one to the next, round the end. */
function longestGap(values: readonly number[], around: number): number {
  const next = (at: number) => values[at + 1] ?? (values[0] ?? 0) + around;
  return values.reduce((longest, value, at) => Math.max(longest, next(at) - value), 0) || around;
}

/**
 * @param expression as cron has it: five fields, or six with seconds before them
 * @returns milliseconds from one time to the next, at the most; of days of a month and of months, a month and a year
 */
export function scheduleGapMs(expression: string): number {
  const fields = expression.trim().split(/\s+/).slice(-5);
  const [minutes = '*', hours = '*', days = '*', months = '*', weekdays = '*'] = fields;
  const ofDay = valuesOf(hours, 0, 23).flatMap(hour =>
    valuesOf(minutes, 0, 59).map(minute => hour * 60 + minute),
  );
  const gapMs = longestGap(ofDay, dayMinutes) * minuteMs;
  const dayMs = dayMinutes * minuteMs;
  if (months !== '*') return 366 * dayMs;
  if (days !== '*') return 31 * dayMs;
  if (weekdays === '*') return gapMs;
  return gapMs + (longestGap(valuesOf(weekdays, 0, 6), 7) - 1) * dayMs;
}
