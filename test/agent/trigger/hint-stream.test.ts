import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { HintStream } from '../../../agent/trigger/hints.ts';
import type { Clock } from '../../../core/io/clock.ts';
import type { Dialler } from '../../../core/io/https/dialler.ts';
import { createSystemClock } from '../../../core/io/system-clock.ts';

/** A stream whose pauses last until the test ends them. */
function rig(answers: (count: number) => 'no answer' | 'cut' | 'stays') {
  const stop = new AbortController();
  const pauses: { readonly ms: number; readonly over: () => void }[] = [];
  const seen = { asked: 0, hints: 0 };
  const clock: Clock = {
    ...createSystemClock(),
    sleep: (ms, signal) =>
      new Promise((resolve, reject) => {
        pauses.push({ ms, over: resolve });
        signal.addEventListener('abort', () => reject(signal.reason), { once: true });
      }),
  };
  async function* body(stays: boolean, signal: AbortSignal): AsyncIterable<Uint8Array> {
    yield Buffer.from('retry: 5000\n\n');
    if (stays) await new Promise(resolve => signal.addEventListener('abort', resolve, { once: true }));
    throw new Error('cut');
  }
  const dialler: Dialler = {
    request: async (_request, signal) => {
      const answer = answers(seen.asked++);
      if (answer === 'no answer') throw new Error('connection refused');
      return { status: 200, headers: {}, body: body(answer === 'stays', signal), discard: () => {} };
    },
    upgrade: () => Promise.reject(new Error('not asked for')),
    use: () => {},
    close: async () => {},
  };
  const onHint = (): void => {
    seen.hints += 1;
  };
  const options = { dialler, clock, random: () => 0.5, onHint };
  const stream = new HintStream(options, stop.signal);
  stream.begin();
  const end = async () => {
    stop.abort(new Error('stop'));
    await stream.ended;
  };
  return { stream, pauses, seen, end };
}

const soon = async () => {
  for (let turns = 0; turns < 20; turns += 1) await turn();
};

test('after an outage the stream is asked for soon, once the gateway has answered anything', async () => {
  const { stream, pauses, seen, end } = rig(count => (count < 6 ? 'no answer' : 'stays'));
  for (let outage = 0; outage < 5; outage += 1) {
    await soon();
    pauses.at(-1)?.over();
  }
  await soon();
  assert.ok((pauses.at(-1)?.ms ?? 0) > 200_000);
  stream.answered();
  await soon();
  assert.equal(pauses.at(-1)?.ms, 5_000, 'spread out as ever');
  pauses.at(-1)?.over();
  await soon();
  assert.deepEqual(seen, { asked: 7, hints: 1 });
  stream.answered();
  await soon();
  assert.equal(seen.asked, 7);
  await end();
});

test('a stream that ends as soon as it begins is not asked for by each pass that it rings for', async () => {
  const { stream, pauses, seen, end } = rig(() => 'cut');
  await soon();
  assert.deepEqual([seen.asked, seen.hints, pauses.length], [1, 1, 1]);
  stream.answered();
  await soon();
  assert.deepEqual([seen.asked, pauses.length], [1, 1]);
  await end();
});
