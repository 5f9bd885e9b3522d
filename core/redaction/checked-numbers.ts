/** Numbers that carry a check digit: cards (ISO/IEC 7812, Luhn) and accounts (ISO 13616, modulo 97). */
import { type Stretch, without } from './hidden.ts';

const cardDigits = { fewest: 13, most: 19 } as const;
/** Digits that stand alone, or in groups with one space or dash between. A run that is too short has few starts. */
const digitRun = /\d(?:[ -]?\d){12,}/gu;

export function hideCards(text: string): string {
  const found: Stretch[] = [];
  for (const match of text.matchAll(digitRun)) found.push(...cardsIn(match[0], match.index));
  return without(text, found);
}

function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39;
}

/** A card begins and ends with a group of digits: it is no part of a longer number. */
function cardsIn(run: string, offset: number): Stretch[] {
  const found: Stretch[] = [];
  for (let at = 0; at < run.length; at += 1) {
    if (!isDigit(run.charCodeAt(at)) || (at > 0 && isDigit(run.charCodeAt(at - 1)))) continue;
    const length = cardAt(run, at);
    if (length === 0) continue;
    found.push([offset + at, offset + at + length]);
    at += length;
  }
  return found;
}

/** @returns the length of the longest card that begins here, 0 for none */
function cardAt(run: string, begin: number): number {
  // A sum for each way to count from the right: its end is not known yet.
  let [odd, even] = [0, 0];
  let digits = 0;
  let length = 0;
  for (let at = begin; at < run.length && digits < cardDigits.most; at += 1) {
    const digit = run.charCodeAt(at) - 0x30;
    if (digit < 0) continue;
    if (digits === 0 && (digit < 2 || digit > 6)) return 0;
    const twice = digit * 2 > 9 ? digit * 2 - 9 : digit * 2;
    [odd, even] = [even + digit, odd + twice];
    digits += 1;
    const isEnd = at + 1 === run.length || !isDigit(run.charCodeAt(at + 1));
    if (isEnd && digits >= cardDigits.fewest && odd % 10 === 0) length = at + 1 - begin;
  }
  return length;
}

const accountBegin = /(?<![A-Za-z0-9])[A-Z]{2}\d{2}(?= ?[A-Z0-9]{4})/gu;
const accountCharacters = { fewest: 15, most: 34 } as const;

export function hideIbans(text: string): string {
  const found: Stretch[] = [];
  let from = 0;
  for (const { index } of text.matchAll(accountBegin)) {
    if (index < from) continue;
    const length = accountAt(text, index);
    if (length === 0) continue;
    from = index + length;
    found.push([index, from]);
  }
  return without(text, found);
}

/** `A` is 10, `Z` 35; NaN: nothing of an account. */
function accountValue(code: number): number {
  if (isDigit(code)) return code - 0x30;
  return code >= 0x41 && code <= 0x5a ? code - 0x37 : Number.NaN;
}

function appended(rest: number, value: number): number {
  return (rest * (value > 9 ? 100 : 10) + value) % 97;
}

/** @returns the length of the longest account that begins here, 0 for none */
function accountAt(text: string, begin: number): number {
  const front = [0, 1, 2, 3].map(at => accountValue(text.charCodeAt(begin + at)));
  let [rest, characters, length] = [0, 4, 0];
  for (let at = begin + 4; at < text.length && characters < accountCharacters.most; at += 1) {
    const code = text.charCodeAt(at);
    if (code === 0x20 && text.charCodeAt(at - 1) !== 0x20) continue;
    const value = accountValue(code);
    if (Number.isNaN(value)) break;
    rest = appended(rest, value);
    characters += 1;
    const isEnd = at + 1 === text.length || !/[A-Za-z0-9]/u.test(text.charAt(at + 1));
    if (isEnd && characters >= accountCharacters.fewest && front.reduce(appended, rest) === 1) {
      length = at + 1 - begin;
    }
  }
  return length;
}
