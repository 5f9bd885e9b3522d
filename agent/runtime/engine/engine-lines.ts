/** The lines of an answer that goes on, such as events: a line that does not end is not waited for. */

import type { Readable } from 'node:stream';
import { errnoOf } from '../../../core/errors/cause.ts';
import { TowlineError } from '../../../core/errors.ts';

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
  let pending: Buffer[] = [];
  let bytes = 0;
  const pieces: AsyncIterable<Buffer> = stream;
  for await (const chunk of pieces) {
    let rest = chunk;
    for (let end = rest.indexOf(10); end !== -1; end = rest.indexOf(10)) {
      yield Buffer.concat([...pending, rest.subarray(0, end)]).toString('utf8');
      pending = [];
      bytes = 0;
      rest = rest.subarray(end + 1);
    }
    pending.push(rest);
    bytes += rest.length;
    if (bytes > maxLineBytes) {
      throw new TowlineError('ENGINE_ANSWER_TOO_LARGE', `a line of the engine is over ${maxLineBytes} bytes`);
    }
  }
  if (bytes > 0) yield Buffer.concat(pending).toString('utf8');
}
