/** Checks a cron expression: five fields, or six with seconds first. */
interface Field {
  readonly name: string;
  readonly min: number;
  readonly max: number;
  readonly words?: readonly string[];
}

const months = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const weekdays = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];
const fields: readonly Field[] = [
  { name: 'second', min: 0, max: 59 },
  { name: 'minute', min: 0, max: 59 },
  { name: 'hour', min: 0, max: 23 },
  { name: 'day', min: 1, max: 31 },
  { name: 'month', min: 1, max: 12, words: months },
  { name: 'weekday', min: 0, max: 7, words: weekdays },
];

function fieldValue(field: Field, text: string): number | undefined {
  const word = field.words?.indexOf(text.toLowerCase().slice(0, 3)) ?? -1;
  if (word >= 0 && /^[a-z]+$/i.test(text)) return field.min + word;
  if (!/^[0-9]{1,2}$/.test(text)) return undefined;
  const value = Number(text);
  return value >= field.min && value <= field.max ? value : undefined;
}

function partFits(field: Field, part: string): boolean {
  const [range = '', step, ...more] = part.split('/');
  if (more.length > 0) return false;
  if (step !== undefined && (!/^[0-9]{1,2}$/.test(step) || Number(step) < 1)) return false;
  if (range === '*') return true;
  const [first = '', last, ...rest] = range.split('-');
  const from = fieldValue(field, first);
  if (from === undefined || rest.length > 0) return false;
  if (last === undefined) return true;
  const to = fieldValue(field, last);
  return to !== undefined && to >= from;
}

/** @returns what is wrong in words, or undefined when the expression can be scheduled. */
export function cronProblem(expression: string): string | undefined {
  const texts = expression.split(' ');
  if (texts.length !== 5 && texts.length !== 6) return `"${expression}" has not five or six fields`;
  const used = texts.length === 6 ? fields : fields.slice(1);
  for (const [index, field] of used.entries()) {
    const text = texts[index] ?? '';
    if (!text.split(',').every(part => partFits(field, part))) {
      return `the ${field.name} "${text}" of "${expression}" is not understood or out of range`;
    }
  }
  return undefined;
}

/** What each field of an expression that can be scheduled allows; a weekday is 0 to 6. */
export interface CronValues {
  readonly minutes: ReadonlySet<number>;
  readonly hours: ReadonlySet<number>;
  readonly days: ReadonlySet<number>;
  readonly months: ReadonlySet<number>;
  readonly weekdays: ReadonlySet<number>;
}

/** @param expression of which `cronProblem` says nothing */
export function cronValues(expression: string): CronValues {
  const texts = expression.split(' ').slice(-5);
  const [minutes, hours, days, months, weekdays] = fields
    .slice(1)
    .map(
      (field, index) => new Set((texts[index] ?? '*').split(',').flatMap(part => partValues(field, part))),
    );
  const none = new Set<number>();
  return {
    ...{ minutes: minutes ?? none, hours: hours ?? none, days: days ?? none, months: months ?? none },
    // Seven is Sunday, too.
    weekdays: new Set([...(weekdays ?? none)].map(day => day % 7)),
  };
}

function partValues(field: Field, part: string): number[] {
  const [range = '*', step = '1'] = part.split('/');
  const [first = '', last] = range.split('-');
  const from = range === '*' ? field.min : (fieldValue(field, first) ?? field.min);
  const isOne = range !== '*' && last === undefined && !part.includes('/');
  const to = isOne ? from : last === undefined ? field.max : (fieldValue(field, last) ?? field.max);
  const count = Math.max(0, Math.floor((to - from) / Number(step)) + 1);
  return Array.from({ length: count }, (_, index) => from + index * Number(step));
}
