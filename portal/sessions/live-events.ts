/** A session as it goes on, as server-sent events: each a line of its asciicast. */
import { Readable } from 'node:stream';
import { asError } from '../../core/errors/cause.ts';

/** A session may say nothing for long: who looks on, and a proxy between, hears that it goes on; milliseconds. */
const quietMs = 15_000;
const comment = ': it goes on\n\n';

/** @param lines ended when the stream is */
export function liveEvents(lines: AsyncIterable<string>): Readable {
  const iterator = lines[Symbol.asyncIterator]();
  let quiet: NodeJS.Timeout | undefined;
  let isAsked = false;
  const stream = new Readable({
    highWaterMark: 64 * 1024,
    read() {
      if (isAsked) return;
      isAsked = true;
      iterator.next().then(
        ({ done, value }) => {
          isAsked = false;
          if (done === true) stream.push('event: over\ndata:\n\n');
          stream.push(done === true ? null : `data: ${value}\n\n`);
        },
        (error: unknown) => stream.destroy(asError(error)),
      );
    },
    destroy(error, callback) {
      clearInterval(quiet);
      const over = () => callback(error);
      if (iterator.return === undefined) over();
      else iterator.return().then(over, over);
    },
  });
  stream.push(comment);
  quiet = setInterval(() => {
    if (!stream.readableEnded && !stream.destroyed && stream.readableLength === 0) stream.push(comment);
  }, quietMs);
  quiet.unref();
  return stream;
}
