/** Takes out of a program's words what must stay on the device: known secrets, and what looks like one. */

const hidden = '[hidden]';
/** Shorter ones stand in words that have nothing to do with them. */
const shortestSecret = 4;
/** Beyond it a line is cut: what follows is read by nobody, and patterns cost their length. */
const longestLine = 2_000;

const patterns: readonly (readonly [RegExp, string])[] = [
  [
    /\b(authorization["']?\s{0,4}[:=]\s{0,4}["']?)(?:(?:bearer|basic|digest|token)\s{1,4})?[^\s"',;]+/giu,
    `$1${hidden}`,
  ],
  [/\b(bearer\s{1,4})[\w.~+/=-]{8,}/giu, `$1${hidden}`],
  [
    /((?:pass(?:word|wd|phrase)?|secret|token|credentials?|(?:api|access|private|auth)[_-]?key)["']?\s{0,4}[:=]\s{0,4})(?:"[^"]*"|'[^']*'|[^\s"',;&]+)/giu,
    `$1${hidden}`,
  ],
  [/(:\/\/[^\s:/@]{0,200}:)[^\s/@]{1,500}@/gu, `$1${hidden}@`],
];

const keyBegins = /-----BEGIN [A-Z ]*PRIVATE KEY/u;
const keyEnds = /-----END [A-Z ]*PRIVATE KEY/u;

/** A secret as it may stand in a line: as it is, line by line, in JSON, in a URL, in base64. */
function spellings(secret: string): string[] {
  const whole = [secret, ...secret.split(/\r?\n/)].map(line => line.trim());
  return whole
    .filter(({ length }) => length >= shortestSecret)
    .flatMap(text => [
      text,
      JSON.stringify(text).slice(1, -1),
      encodeURIComponent(text.toWellFormed()),
      Buffer.from(text).toString('base64').replace(/=+$/, ''),
    ]);
}

/** @returns the lines, each without control codes of terminals, and none longer than is of use */
export function redacted(lines: readonly string[], secrets: Iterable<string>): string[] {
  const known = [...new Set([...secrets].flatMap(spellings))].sort((a, b) => b.length - a.length);
  let inKey = false;
  return lines.map(line => {
    const begins = keyBegins.test(line);
    const wasInKey = inKey || begins;
    inKey = wasInKey && !keyEnds.test(line);
    if (wasInKey) return hidden;
    const without = known.reduce((text, secret) => text.replaceAll(secret, hidden), plain(line));
    return patterns.reduce((text, [pattern, to]) => text.replace(pattern, to), without.slice(0, longestLine));
  });
}

/** Without the escape sequences of a terminal: they would stand within a secret, too. */
function plain(line: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
  return line.replace(/\u001b(?:\[[0-9;?]*[ -/]*[@-~]|\][^\u0007\u001b]*(?:\u0007|\u001b\\)?)/gu, '');
}
