/** A command that a person leaves open to be told what happens: when it ends. */
import type { ChannelStream } from '../../core/io/ssh/ssh-channel.ts';
import type { PeopleConnection } from './people-connection.ts';

/** Whoever looks on for longer asks anew, milliseconds. */
const longestMs = 12 * 3_600_000;

/**
 * Until the client has gone, the gateway goes, or it is late.
 * @param onView after each change of the view; true: this person looks on no more
 */
export function lookedOn(
  person: PeopleConnection,
  stream: ChannelStream,
  onView: () => boolean,
): Promise<void> {
  const { view, stopping } = person.services;
  return new Promise(resolve => {
    const timer = setTimeout(() => end(), longestMs);
    const signal = AbortSignal.any([person.signal, stopping]);
    const end = () => {
      clearTimeout(timer);
      unsubscribe();
      signal.removeEventListener('abort', end);
      resolve();
    };
    const unsubscribe = view.onChange(() => {
      if (onView()) end();
    });
    signal.addEventListener('abort', end, { once: true });
    if (signal.aborted) end();
    stream.once('close', end);
    // What the client sends says nothing, nor that it sends no more.
    stream.resume();
  });
}
