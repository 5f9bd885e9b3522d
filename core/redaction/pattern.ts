/** What looks like something that should stay on the device, by name. Each takes time by the length of its text alone. */
import { hideAddresses, hideMails } from './addresses.ts';
import { hideCards, hideIbans } from './checked-numbers.ts';
import { hidden } from './hidden.ts';
import { hideKeys } from './private-key.ts';

export const patternNames = [
  'bearer',
  'credentials',
  'credit-card',
  'email',
  'iban',
  'ipv4',
  'jwt',
  'private-key',
  'url-password',
] as const;
export type PatternName = (typeof patternNames)[number];

type Hide = (text: string) => string;

/** Where a quote closes or the text ends: what was cut is a secret still. */
const value = String.raw`(?:\\"(?:[^"\\]|\\[^"])*(?:\\?")?|"(?:[^"\\]|\\.)*"?|'[^']*'?|[^\s"',;&]+)`;
const named = `(?:pass(?:word|wd|phrase)?|secret|token|credentials?|(?:api|access|private|auth)[_-]?key)`;
const credentials = new RegExp(String.raw`(${named}[\\"']{0,4}\s{0,4}[:=]\s{0,4})${value}`, 'giu');
const header =
  /\b(authorization[\\"']{0,4}\s{0,4}[:=]\s{0,4}[\\"']{0,4})(?:(?:bearer|basic|digest|token)\s{1,4})?[^\s"',;\\]+/giu;
const bearer = /\b(bearer\s{1,4})[\w.~+/=-]{8,}/giu;
/** One start for each run of its characters, so that no run is read twice (RFC 7515, 3.1; RFC 7516 has five parts). */
const token = /(?<![\w-])eyJ[\w-]{5,}(?:\.[\w-]*){2,4}/gu;
const login = /(:\/\/[^\s:/@]{0,200}:)[^\s/@]{1,500}@/gu;
/** A user alone is an access token to HTTP, and to SSH a name. */
const loneLogin = /\b(https?:\/\/)[^\s:/@]{1,500}@/giu;

/** A word that such a text always has: looked for first, since most lines have none. */
export const patterns: Readonly<Record<PatternName, Hide>> = {
  bearer: text => text.replace(header, `$1${hidden}`).replace(bearer, `$1${hidden}`),
  credentials: text => text.replace(credentials, `$1${hidden}`),
  'credit-card': hideCards,
  email: hideMails,
  iban: hideIbans,
  ipv4: hideAddresses,
  jwt: text => (text.includes('eyJ') ? text.replace(token, hidden) : text),
  'private-key': hideKeys,
  'url-password': text =>
    text.includes('://') ? text.replace(login, `$1${hidden}@`).replace(loneLogin, `$1${hidden}@`) : text,
};

const secretName = new RegExp(`${named}$`, 'iu');
const headerName = /(?:^|[._-])authorization$/iu;

/** Whether a field of this name is hidden whatever it says. */
export function hidesField(name: string, chosen: ReadonlySet<PatternName>): boolean {
  return (
    (chosen.has('credentials') && secretName.test(name)) || (chosen.has('bearer') && headerName.test(name))
  );
}
