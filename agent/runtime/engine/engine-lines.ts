/** The lines of an answer that goes on, such as events: a line that does not end is not waited for. */

import type { Readable } from 'node:stream';
import { errnoOf } from '../../../core/errors/cause.ts';
import { TowlineError } from '../../../core/errors.ts';
import { boundedLines } from '../../../core/io/bounded-lines.ts';

/** Bytes of one line; an event carries the labels of its container. */
const maxLineBytes = 1024 * 1024;

/** Ends where the stream ends or is cut. @throws TowlineError ENGINE_ANSWER_TOO_LARGE; what destroyed the stream */
export async function* engineLines(stream: Readable): AsyncGenerator<string> {
  try {
    yield* wholeLines(stream);
  } catch (error) {
    if (!isCut(error)) throw error;
  }
}

function isCut(error: unknown): boolean {
  return errnoOf(error) === 'ERR_STREAM_PREMATURE_CLOSE';
}

async function* wholeLines(stream: Readable): AsyncGenerator<string> {
  const { rest, isTooLong } = yield* boundedLines(stream, maxLineBytes);
  if (isTooLong)
    throw new TowlineError('ENGINE_ANSWER_TOO_LARGE', `a line of the engine is over ${maxLineBytes} bytes`);
  if (rest.length > 0) yield rest.toString('utf8');
}
