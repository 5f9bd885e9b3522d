/** Sends an answer of git to one device, at the device's pace. */
import { Readable } from 'node:stream';
import type { FastifyReply } from 'fastify';
import type { CachedAnswer } from './cached-answer.ts';

/**
 * A whole answer in memory goes out with its length. One that is still coming is streamed; when git fails in the
 * middle the connection is destroyed: an end on a packet boundary would look like success to the client.
 */
export async function sendAnswer(answer: CachedAnswer, reply: FastifyReply): Promise<FastifyReply> {
  const { whole } = answer;
  if (whole !== undefined) return reply.send(whole);
  const { socket } = reply.raw;
  const stream = Readable.from(answer.read(), { objectMode: false, highWaterMark: 64 * 1024 });
  stream.once('error', () => socket?.destroy());
  return reply.send(stream);
}
