/** What a container that failed has said last, as a segment: kept beside what is collected of its log while it is there. */
import { type LogRecord, levels } from '../../core/telemetry/record/record.ts';
import { writeSegment } from '../../core/telemetry/record/segment.ts';
import { segmentPath } from '../../core/telemetry/record/segment-path.ts';
import type { LastLog } from '../runtime/runtime.ts';
import type { Piece } from '../telemetry/collector.ts';

const streams: ReadonlySet<string> = new Set<LogRecord['stream']>(['stdout', 'stderr', 'tty']);
const error = levels[4];

/**
 * Its lines have no number in the log, and may be collected under one, too: theirs are by the time, hundredths of a second,
 * which no log comes to. `lastWords` in their fields tells them apart.
 */
export function lastSegment({ container, timeMs, lines }: LastLog): Piece {
  const first = Math.floor(timeMs / 10);
  const time = new Date(timeMs).toISOString();
  const records = lines.map((line, at) => recordOf(line, { sequence: first + at, time }));
  const { project, service } = container;
  const place = { project, service, container: container.id.slice(0, 12), sequence: first };
  return {
    path: segmentPath({ kind: 'logs', class: 'error', ...place }),
    class: 'error',
    records: records.length,
    bytes: writeSegment(records),
  };
}

/** `<time> <stream> <text>`; what was hidden whole is neither. */
function recordOf(line: string, at: { sequence: number; time: string }): LogRecord {
  const [, time, word = '', text = ''] = /^(\d{4}-\d\d-\S+Z) (\S+) ?(.*)$/s.exec(line) ?? [];
  const said = { kind: 'log', ...at, level: error, fields: { lastWords: true } } as const;
  if (time === undefined) return { ...said, stream: 'stderr', text: line };
  if (isStream(word)) return { ...said, time, stream: word, text };
  // How it ended, and what its health check has said.
  return { ...said, time, stream: 'stderr', text: `${word} ${text}` };
}

function isStream(word: string): word is LogRecord['stream'] {
  return streams.has(word);
}
