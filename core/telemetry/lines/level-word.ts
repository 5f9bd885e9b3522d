/** How grave a line says that it is: cheaply, since every line is asked. */
import type { Level } from '../record/record.ts';

/** Words of syslog (RFC 5424, 6.2.1), of loggers of Java, Python, .NET, Go, Node. */
const words: ReadonlyMap<string, Level> = new Map([
  ['trace', 'trace'],
  ['trce', 'trace'],
  ['finest', 'trace'],
  ['debug', 'debug'],
  ['dbug', 'debug'],
  ['dbg', 'debug'],
  ['fine', 'debug'],
  ['info', 'info'],
  ['information', 'info'],
  ['notice', 'info'],
  ['warn', 'warn'],
  ['warning', 'warn'],
  ['error', 'error'],
  ['err', 'error'],
  ['fail', 'error'],
  ['severe', 'error'],
  ['crit', 'fatal'],
  ['critical', 'fatal'],
  ['alert', 'fatal'],
  ['emerg', 'fatal'],
  ['emergency', 'fatal'],
  ['fatal', 'fatal'],
  ['panic', 'fatal'],
]);

/** @param value as a field says it: a word, a number of pino and bunyan (10 to 60), or one of syslog (0 to 7) */
export function levelOfValue(value: unknown): Level | undefined {
  if (typeof value === 'string') return words.get(value.toLowerCase());
  if (typeof value !== 'number') return undefined;
  if (value >= 0 && value < 8) return bySyslog[Math.trunc(value)];
  return value >= 10 && value < 70 ? byTens[Math.trunc(value / 10)] : undefined;
}

const bySyslog: readonly Level[] = ['fatal', 'fatal', 'fatal', 'error', 'warn', 'info', 'info', 'debug'];
const byTens: readonly Level[] = ['trace', 'trace', 'debug', 'info', 'warn', 'error', 'fatal'];

/** In capitals as a word, in any letters within brackets, or where it is the line's first word, with a colon. */
const said =
  /^(?:([A-Za-z]{3,11}):|<(\d{1,3})>|([IWEF])\d{4} \d\d:)|(?:^|[\s[(<|])(TRACE|DEBUG|INFO|NOTICE|WARN(?:ING)?|ERR(?:OR)?|SEVERE|CRIT(?:ICAL)?|ALERT|EMERG|FATAL|PANIC)(?=[\s\])>|:,]|$)|\[(trace|debug|info|notice|warn(?:ing)?|err(?:or)?|crit(?:ical)?|alert|emerg|fatal|panic)\]|(?:^|\s)(?:level|lvl|severity)="?(\w{3,11})/gu;
const inJson =
  /"(?:level|severity|lvl|levelname|log\.level|loglevel|@l)"\s{0,4}:\s{0,4}(?:"(\w{3,11})"|(\d{1,2})\b)/u;
const byLetter: Readonly<Record<string, Level>> = { I: 'info', W: 'warn', E: 'error', F: 'fatal' };
/** What is not said by then is no level of the line. */
const [headLength, jsonHeadLength] = [96, 1024];

/** Of a line of plain ASCII. */
export function levelOfBytes(line: Buffer): Level | undefined {
  return levelOfText(line.toString('latin1', 0, line[0] === 0x7b ? jsonHeadLength : headLength));
}

/** @returns undefined: it says nothing of it */
export function levelOfText(text: string): Level | undefined {
  if (text.charCodeAt(0) === 0x7b) {
    const [, word, number] = inJson.exec(text.slice(0, jsonHeadLength)) ?? [];
    return levelOfValue(word ?? (number === undefined ? undefined : Number(number)));
  }
  const head = text.length > headLength ? text.slice(0, headLength) : text;
  said.lastIndex = 0;
  for (let match = said.exec(head); match !== null; match = said.exec(head)) {
    const [, first, priority, letter, capitals, bracketed, field] = match;
    const level =
      letter === undefined
        ? levelOfValue(
            priority === undefined ? (first ?? capitals ?? bracketed ?? field) : Number(priority) % 8,
          )
        : byLetter[letter];
    if (level !== undefined) return level;
  }
  return undefined;
}
