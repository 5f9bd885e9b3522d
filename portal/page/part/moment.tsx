/** A time: how long ago, in the viewer's own zone where that is asked, and in UTC when the pointer rests on it. */
import { signal } from '@preact/signals';
import { agoWords, localWords, utcWords } from '../words/amount.ts';
import { say } from '../words/say.ts';

/** Moves once in half a minute, for all that are shown. */
export const now = signal(Date.now());

export function watchClock(): void {
  setInterval(() => {
    now.value = Date.now();
  }, 30_000);
}

interface MomentProperties {
  /** ISO 8601, or milliseconds since the epoch. */
  readonly at: string | number | undefined;
  /** `ago`: with the local time beside UTC. */
  readonly as?: 'ago' | 'local' | 'both';
}

export function Moment({ at, as = 'ago' }: MomentProperties) {
  if (at === undefined) return <span class="quiet">–</span>;
  const ms = typeof at === 'number' ? at : Date.parse(at);
  // A device may say anything.
  if (Number.isNaN(ms) || Math.abs(ms) > 8.64e15) return <span>{say('state.unknown')}</span>;
  const local = localWords(ms);
  const ago = as === 'local' ? '' : agoWords(ms, now.value);
  const words = as === 'local' ? local : as === 'ago' ? ago : `${local} (${ago})`;
  return (
    <time
      dateTime={new Date(ms).toISOString()}
      title={as === 'ago' ? `${local}, ${utcWords(ms)}` : utcWords(ms)}
    >
      {words}
    </time>
  );
}
