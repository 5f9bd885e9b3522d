import { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { passBetween } from './channel-passage.ts';
import { ChannelStream } from './ssh-channel.ts';

/** After one side is gone the other may take this long to swallow what was sent to it. */
const lingerMs = 30_000;

/**
 * Joins two half-closable streams. An end on one side is an end on the other, and the opposite direction goes on;
 * what is in flight is flushed before anything closes; an error on one side cuts the other.
 * Resolves when both are closed, with the bytes that went each way.
 * @param signal cuts both at once, also what still lingers
 */
export async function relay(
  left: Duplex,
  right: Duplex,
  signal: AbortSignal,
): Promise<{ leftToRight: number; rightToLeft: number }> {
  const counts = { leftToRight: 0, rightToLeft: 0 };
  left.on('data', (chunk: Buffer) => {
    counts.leftToRight += chunk.length;
  });
  right.on('data', (chunk: Buffer) => {
    counts.rightToLeft += chunk.length;
  });
  const closed = Promise.all([follow(left, right), follow(right, left)]);
  const cut = () => {
    left.destroy();
    right.destroy();
  };
  if (signal.aborted) cut();
  else signal.addEventListener('abort', cut, { once: true });
  left.pipe(right);
  right.pipe(left);
  const passed =
    left instanceof ChannelStream && right instanceof ChannelStream ? passBetween(left, right) : () => [0, 0];
  await closed;
  signal.removeEventListener('abort', cut);
  const [leftToRight = 0, rightToLeft = 0] = passed();
  return {
    leftToRight: counts.leftToRight + leftToRight,
    rightToLeft: counts.rightToLeft + rightToLeft,
  };
}

/** Resolves when `stream` is closed, having told `other`. */
function follow(stream: Duplex, other: Duplex): Promise<void> {
  return new Promise(resolve => {
    stream.on('error', () => {});
    const onClose = () => {
      resolve();
      if (other.destroyed) return;
      if (stream.errored !== null || !stream.readableEnded) {
        other.destroy();
        return;
      }
      other.unpipe(stream);
      other.resume();
      // Closing a socket that still receives sends a reset, which takes with it what the peer has not read yet.
      other.end(() => {
        if (!(other instanceof Socket)) other.destroy();
      });
      const timer = setTimeout(() => other.destroy(), lingerMs);
      other.once('close', () => clearTimeout(timer));
    };
    if (stream.closed) onClose();
    else stream.once('close', onClose);
  });
}
