/** Sends an answer of git to one device, at the device's pace, if that is one. */
import { Readable } from 'node:stream';
import type { FastifyReply } from 'fastify';
import type { CachedAnswer } from './cached-answer.ts';

/**
 * A short answer that is whole goes out in one piece, others piece by piece. When git fails in the middle the connection is
 * destroyed: an end on a packet boundary would look like success to the client. So it is when the device does not take
 * 64 KiB within `stallMs`: until it did, the answer would have to be held for it.
 * @throws what made the answer fail before it began.
 */
export async function sendAnswer(
  answer: CachedAnswer,
  reply: FastifyReply,
  stallMs: number,
): Promise<FastifyReply> {
  const leave = answer.enter();
  try {
    await answer.begun();
  } catch (error) {
    leave();
    throw error;
  }
  const { short } = answer;
  if (short !== undefined) {
    leave();
    return reply.send(short);
  }
  if (answer.isWhole) reply.header('content-length', answer.length);
  const { socket } = reply.request.raw;
  const stop = () => socket.destroy();
  const stream = Readable.from(paced(answer, stallMs, stop), { objectMode: false, highWaterMark: 64 * 1024 });
  stream.once('error', stop);
  stream.once('close', leave);
  // The last pieces wait to be sent although they were taken.
  stream.once('end', () => {
    const timer = setTimeout(stop, stallMs).unref();
    reply.raw.once('close', () => clearTimeout(timer));
  });
  return reply.send(stream);
}

/** Calls `onStall` when a piece was not asked for within `stallMs` of the one before. */
async function* paced(answer: CachedAnswer, stallMs: number, onStall: () => void): AsyncGenerator<Buffer> {
  for await (const piece of answer.read()) {
    const timer = setTimeout(onStall, stallMs).unref();
    try {
      yield piece;
    } finally {
      clearTimeout(timer);
    }
  }
}
