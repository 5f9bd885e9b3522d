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
