/** Classes of characters as RE2 has them, by code points, and how a pattern of JavaScript names them. */

export type Ranges = readonly (readonly [low: number, high: number])[];

const maxCode = 0x10ffff;
const digit = [48, 57] as const;
const upper = [65, 90] as const;
const lower = [97, 122] as const;

/** ASCII alone, in ascending order. */
export const posixClasses: Readonly<Record<string, Ranges>> = {
  alnum: [digit, upper, lower],
  alpha: [upper, lower],
  ascii: [[0, 127]],
  blank: [
    [9, 9],
    [32, 32],
  ],
  cntrl: [
    [0, 31],
    [127, 127],
  ],
  digit: [digit],
  graph: [[33, 126]],
  lower: [lower],
  print: [[32, 126]],
  punct: [
    [33, 47],
    [58, 64],
    [91, 96],
    [123, 126],
  ],
  space: [
    [9, 13],
    [32, 32],
  ],
  upper: [upper],
  word: [digit, upper, [95, 95], lower],
  xdigit: [digit, [65, 70], [97, 102]],
};

/** All that ascending ranges leave out. */
export function negated(ranges: Ranges): Ranges {
  const found: [number, number][] = [];
  let next = 0;
  for (const [low, high] of ranges) {
    if (low > next) found.push([next, low - 1]);
    next = high + 1;
  }
  if (next <= maxCode) found.push([next, maxCode]);
  return found;
}

/** `\\d`, `\\s`, `\\w`: ASCII alone. */
export const perlClasses: Readonly<Record<string, Ranges>> = {
  d: [digit],
  s: [
    [9, 10],
    [12, 13],
    [32, 32],
  ],
  w: posixClasses.word ?? [],
};

type Member = number | Ranges[number];

const shown = (code: number): string => `\\u{${code.toString(16)}}`;

/** What stands between the brackets of a class of JavaScript; a number is one character. */
export function inClass(members: readonly Member[]): string {
  return members
    .map(member => {
      const [low, high] = typeof member === 'number' ? [member, member] : member;
      return low === high ? shown(low) : `${shown(low)}-${shown(high)}`;
    })
    .join('');
}

export const classSet = (members: readonly Member[], isNegated = false): string =>
  `[${isNegated ? '^' : ''}${inClass(members)}]`;
