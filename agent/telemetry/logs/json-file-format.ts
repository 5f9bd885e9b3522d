/** The driver json-file: `{"log":"text\n","stream":"stdout","attrs":{…},"time":"2026-…Z"}`, a line each; a part of a line has no `\n`. */
import { readFields } from '../../../core/json.ts';
import { entryTime } from './entry-time.ts';
import { unescaped } from './json-escapes.ts';
import { type LogFormat, maxEntryBytes, type TakeFromFile, tailBytes } from './log-format.ts';

const newline = 0x0a;
const quote = 0x22;
const backslash = 0x5c;
const letterN = 0x6e;
const front = Buffer.from('{"log":"');
const beforeTime = Buffer.from(',"time":"');
const stdout = Buffer.from('","stream":"stdout"');
const stderr = Buffer.from('","stream":"stderr"');
/** `2026-11-23T18:00:00.000000000+01:00` */
const maxTimeLength = 35;

export const jsonFileFormat: LogFormat = {
  read(bytes, take) {
    let at = 0;
    for (let end = bytes.indexOf(newline, at); end !== -1; end = bytes.indexOf(newline, at)) {
      if (!plain(bytes, at, end, take)) escaped(bytes, at, end, take);
      at = end + 1;
    }
    // What has no end within that is none of the engine's, and goes.
    return at === 0 && bytes.length >= maxEntryBytes ? bytes.length : at;
  },

  timeBefore(bytes) {
    if (bytes[bytes.length - 1] !== newline) return undefined;
    const [, time] =
      /"time":"([^"]{1,40})"\}\n$/.exec(bytes.toString('latin1', Math.max(0, bytes.length - 64))) ?? [];
    return time === undefined ? undefined : entryTime(time);
  },
};

/** As nearly all are: no JSON is read. @returns false where it is not so */
function plain(bytes: Buffer, from: number, end: number, take: TakeFromFile): boolean {
  if (bytes[end - 2] !== quote || !isAt(front, bytes, from)) return false;
  const timeFrom = bytes.lastIndexOf(quote, end - 3) + 1;
  const streamEnd = timeFrom - beforeTime.length;
  if (end - 2 - timeFrom > maxTimeLength || !isAt(beforeTime, bytes, streamEnd)) return false;
  const textEnd = streamEnd - stdout.length;
  const stream = isAt(stdout, bytes, textEnd)
    ? 'stdout'
    : isAt(stderr, bytes, textEnd)
      ? 'stderr'
      : undefined;
  const textFrom = from + front.length;
  if (stream === undefined || textEnd < textFrom) return false;
  const time = entryTime(bytes.toString('latin1', timeFrom, end - 2));
  if (time === undefined) return false;
  const escapeAt = bytes.indexOf(backslash, textFrom);
  const isEnded = escapeAt === textEnd - 2 && bytes[escapeAt + 1] === letterN;
  if (isEnded || escapeAt === -1 || escapeAt >= textEnd) {
    const text = bytes.subarray(textFrom, isEnded ? textEnd - 2 : textEnd);
    take({ time, stream, text, whole: isEnded }, end + 1);
    return true;
  }
  const length = textEnd - textFrom > from - tailBytes ? -1 : unescaped(bytes, textFrom, textEnd);
  if (length === -1) return false;
  const whole = bytes[length - 1] === newline;
  take({ time, stream, text: bytes.subarray(0, whole ? length - 1 : length), whole }, end + 1);
  return true;
}

function isAt(word: Buffer, bytes: Buffer, at: number): boolean {
  if (at < 0) return false;
  for (let index = 0; index < word.length; index += 1) if (bytes[at + index] !== word[index]) return false;
  return true;
}

/** What is no entry is left out. */
function escaped(bytes: Buffer, from: number, end: number, take: TakeFromFile): void {
  let fields: ReturnType<typeof readFields>;
  try {
    fields = readFields(bytes.toString('utf8', from, end));
  } catch {
    return;
  }
  const { log, stream, time: written } = fields;
  const time = typeof written === 'string' ? entryTime(written) : undefined;
  if (typeof log !== 'string' || time === undefined) return;
  const whole = log.endsWith('\n');
  const text = Buffer.from(whole ? log.slice(0, -1) : log);
  take({ time, stream: stream === 'stderr' ? 'stderr' : 'stdout', text, whole }, end + 1);
}
