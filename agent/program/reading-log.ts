/** The agent's log as a person at a terminal reads it: time, level, words, then what else there is. Others get JSON. */
import { type Fields, isFields } from '../../core/json.ts';
import { type LineSink, printable } from '../../core/shown-text.ts';

const levels: Readonly<Record<number, string>> = {
  20: 'debug',
  30: 'info',
  40: 'WARN',
  50: 'ERROR',
  60: 'FATAL',
};

function shown(value: unknown): string {
  return typeof value === 'string' && /^[^\s"=]+$/.test(value) ? value : JSON.stringify(value);
}

function logged(line: string): Fields | undefined {
  try {
    const fields: unknown = JSON.parse(line);
    return isFields(fields) && typeof fields.time === 'number' ? fields : undefined;
  } catch {
    return undefined;
  }
}

/** A line of the log in words; what is no line of a log stays as it is. */
export function readingLine(line: string): string {
  const fields = logged(line);
  if (fields === undefined) return printable(line);
  const { level, time, msg = '', device: _device, ...others } = fields;
  const clock = new Date(Number(time)).toLocaleTimeString('en-GB');
  const more = Object.entries(others).map(([name, value]) => `${name}=${shown(value)}`);
  const head = `${clock} ${(levels[Number(level)] ?? String(level)).padEnd(5)} ${String(msg)}`;
  return printable([head, ...more].join('  '));
}

/** Lines of JSON go on to `sink` in words. */
export function readingLines(sink: LineSink): LineSink {
  return { write: line => sink.write(`${readingLine(line.trimEnd())}\n`) };
}
