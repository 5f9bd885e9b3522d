/** A log that was read as a whole → its lines. */

import type { LogLine } from '../runtime.ts';
import { LineJoiner } from './line-joiner.ts';
import { LogFrames } from './log-frames.ts';

/** Text of one line beyond this is cut off, bytes. */
const maxLineBytes = 32 * 1024;

/** Reads what `logs?timestamps=true` answers. What is cut off at the end is left out. @throws TowlineError ENGINE_ANSWER */
export function readLogLines(bytes: Buffer): LogLine[] {
  const joiner = new LineJoiner(maxLineBytes);
  const entries = [...new LogFrames().push(bytes)].flat();
  const lines = entries.flatMap(entry => [joiner.endedBefore(entry), joiner.push(entry)]);
  return [...lines, ...joiner.close()].flatMap(line =>
    line === undefined ? [] : [{ time: line.time, stream: line.stream, text: line.text }],
  );
}
