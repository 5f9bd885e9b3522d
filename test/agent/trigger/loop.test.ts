import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { beginFacts } from '../../../agent/pass/pass-facts.ts';
import { runLoop, type Watcher } from '../../../agent/trigger/loop.ts';
import type { DesiredState } from '../../../core/desired/state.ts';
import type { Clock } from '../../../core/io/clock.ts';
import type { Dialler } from '../../../core/io/https/dialler.ts';
import { createSystemClock } from '../../../core/io/system-clock.ts';
import type { ProgramLog } from '../../../core/log.ts';

const quiet: ProgramLog = { debug() {}, info() {}, warn() {}, error() {}, child: () => quiet };

/** A loop with everything around it in our hands. */
function rig(
  passes: (telemetryDue: boolean, signal: AbortSignal) => Promise<DesiredState | undefined>,
  isSilent = () => false,
) {
  const stop = new AbortController();
  const ticks = new Map<string, () => void>();
  const sleeps: number[] = [];
  const looks: number[] = [];
  const rests: (() => void)[] = [];
  const hints: ((bytes: Uint8Array) => void)[] = [];
  const cuts: (() => void)[] = [];
  let rested = false;
  const system = createSystemClock();
  const clock: Clock = {
    ...system,
    sleep: (ms, signal) => {
      sleeps.push(ms);
      // The rest after a hint is over when the test says so; the one after the stream's first beginning at once.
      if (ms === 1_000 && rested) return new Promise(resolve => rests.push(resolve));
      rested ||= ms === 1_000;
      return system.sleep(0, signal);
    },
  };
  async function* stream(signal: AbortSignal): AsyncIterable<Uint8Array> {
    while (!signal.aborted) {
      yield await new Promise<Uint8Array>((resolve, reject) => {
        hints.push(resolve);
        cuts.push(() => reject(new Error('cut')));
        signal.addEventListener('abort', () => reject(signal.reason), { once: true });
      });
    }
  }
  const dialler: Dialler = {
    request: async (_request, signal) => ({ status: 200, headers: {}, body: stream(signal) }),
    upgrade: () => Promise.reject(new Error('not asked for')),
    use: () => {},
    close: async () => {},
  };
  const agent = {
    dialler,
    look: async () => void looks.push(performance.now()),
    pass: async (telemetryDue: boolean, signal: AbortSignal) => {
      const desired = await passes(telemetryDue, signal);
      return { facts: { ...beginFacts('pass'), silent: isSilent() }, desired };
    },
  };
  const zones = new Map<string, string | undefined>();
  const schedule = async (expression: string, onTick: () => void, timeZone?: string) => {
    ticks.set(expression, onTick);
    zones.set(expression, timeZone);
    return { stop: () => void ticks.delete(expression) };
  };
  let now = (): void => {};
  const watchers: Watcher[] = [
    async ring => {
      now = () => ring('now');
    },
    // As one that waits for the signal with what rejects by its reason.
    (_ring, until) => delay(3_600_000, undefined, { signal: until, ref: false }),
  ];
  const ended = runLoop({ agent, clock, random: () => 0.5, log: quiet, schedule, watchers }, stop.signal);
  return { now: () => now(), stop, ticks, zones, sleeps, looks, rests, hints, cuts, ended };
}

async function until(holds: () => boolean): Promise<void> {
  for (let tries = 0; !holds(); tries += 1) {
    assert.ok(tries < 12_000, 'it does not come about');
    await delay(5);
  }
}

test('a pass begins at the start, by the schedule with jitter, and by a hint; comments are no hints', async () => {
  const due: boolean[] = [];
  const loop = rig(async telemetryDue => {
    due.push(telemetryDue);
    return undefined;
  });
  await until(() => due.length === 1);
  loop.ticks.get('*/15 * * * * *')?.();
  await until(() => due.length === 2);
  assert.ok(loop.sleeps.includes(2_500), 'half of five seconds');
  loop.ticks.get('*/15 * * * *')?.();
  await until(() => due.length === 3);
  loop.hints.at(-1)?.(Buffer.from(': \n\n'));
  await delay(20);
  assert.equal(due.length, 3);
  loop.hints.at(-1)?.(Buffer.from('event: lo'));
  await delay(20);
  loop.hints.at(-1)?.(Buffer.from('ok\ndata: rm -rf /\n\n'));
  await until(() => due.length === 4);
  assert.deepEqual(due, [false, false, true, false]);
  loop.stop.abort(new Error('stop'));
  await loop.ended;
});

test('a watcher that ends with the reason of the stop, while a pass goes on, is no fault of the program', async () => {
  let release: (() => void) | undefined;
  const loop = rig(async () => {
    await new Promise<void>(resolve => {
      release = resolve;
    });
    return undefined;
  });
  await until(() => release !== undefined);
  loop.stop.abort(new Error('stop'));
  // What nobody has waited for until then ends a program.
  await delay(50);
  release?.();
  await loop.ended;
});

test('one pass at a time: however many triggers come meanwhile, one more follows', async () => {
  let running = 0;
  let passes = 0;
  let release = (): void => {};
  const loop = rig(async () => {
    assert.equal(++running, 1);
    passes += 1;
    await new Promise<void>(resolve => {
      release = resolve;
    });
    running -= 1;
    return undefined;
  });
  await until(() => passes === 1);
  for (let count = 0; count < 10; count += 1) loop.ticks.get('*/15 * * * * *')?.();
  await delay(20);
  release();
  await until(() => passes === 2);
  release();
  await delay(30);
  assert.equal(passes, 2);
  loop.stop.abort(new Error('stop'));
  await loop.ended;
});

test('what tells of a newer commit while a pass goes on for long is looked at beside it; one more pass follows', async () => {
  let passes = 0;
  let release = (): void => {};
  const loop = rig(async () => {
    passes += 1;
    await new Promise<void>(resolve => {
      release = resolve;
    });
    return undefined;
  });
  await until(() => passes === 1 && loop.hints.length > 0);
  const hint = () => loop.hints.at(-1)?.(Buffer.from('event: look\n\n'));
  hint();
  await until(() => loop.looks.length === 1);
  hint();
  await delay(30);
  assert.equal(loop.looks.length, 1, 'a storm of hints is one look a second');
  for (const rested of loop.rests.splice(0)) rested();
  await until(() => loop.looks.length === 2);
  loop.ticks.get('*/15 * * * *')?.();
  await delay(30);
  assert.equal(loop.looks.length, 2, 'a status that is due tells of no commit');
  assert.equal(passes, 1);
  release();
  await until(() => passes === 2);
  release();
  loop.stop.abort(new Error('stop'));
  await loop.ended;
});

test('the schedules of a newly trusted commit replace the old ones', async () => {
  const settings = { pollSchedule: '*/5 * * * *', pollJitterMs: 0, telemetrySchedule: '0 * * * *' };
  const loop = rig(async () => ({ settings, projects: [] }) as unknown as DesiredState);
  await until(() => loop.ticks.has('*/5 * * * *'));
  assert.deepEqual([...loop.ticks.keys()], ['*/5 * * * *', '0 * * * *']);
  loop.stop.abort(new Error('stop'));
  await loop.ended;
  assert.equal(loop.ticks.size, 0);
});

test('when an app has a backup made there is a pass, by UTC, however seldom the device asks its gateway', async () => {
  const settings = { pollSchedule: '0 0 * * 0', pollJitterMs: 3_600_000, telemetrySchedule: '0 * * * *' };
  const of = (schedule?: string) => ({ backup: schedule === undefined ? {} : { schedule } });
  const projects = [of('30 2 * * *'), of(), of('30 2 * * *'), of('0 4 * * 6')];
  let passes = 0;
  const loop = rig(async () => {
    passes += 1;
    return { settings, projects } as unknown as DesiredState;
  });
  await until(() => loop.ticks.size === 4);
  assert.deepEqual([...loop.ticks.keys()].slice(2), ['0 4 * * 6', '30 2 * * *']);
  assert.deepEqual([loop.zones.get('30 2 * * *'), loop.zones.get('0 0 * * 0')], ['UTC', undefined]);
  loop.ticks.get('30 2 * * *')?.();
  await until(() => passes === 2);
  assert.ok(loop.sleeps.includes(2_000), 'not the jitter of what is asked');
  loop.stop.abort(new Error('stop'));
  await loop.ended;
  assert.equal(loop.ticks.size, 0);
});

test('a stop waits for the pass that runs, and a pass that throws does not end the loop', async () => {
  let passes = 0;
  const loop = rig(async (_due, signal) => {
    passes += 1;
    if (passes === 1) throw new Error('something unforeseen');
    await new Promise((_resolve, reject) =>
      signal.addEventListener('abort', () => reject(signal.reason), { once: true }),
    );
    return undefined;
  });
  await until(() => passes === 1);
  loop.ticks.get('*/15 * * * * *')?.();
  await until(() => passes === 2);
  loop.stop.abort(new Error('stop'));
  await loop.ended;
});

test('a storm of hints makes one pass, and one more a second after it has ended', async () => {
  let passes = 0;
  const loop = rig(async () => {
    passes += 1;
    return undefined;
  });
  await until(() => passes === 1);
  const storm = async (): Promise<void> => {
    for (let count = 0; count < 20; count += 1) {
      loop.hints.at(-1)?.(Buffer.from('event: look\ndata:\n\n'));
      await delay(2);
    }
  };
  await storm();
  assert.equal(passes, 2, 'the first one is not waited with');
  loop.rests.at(-1)?.();
  await until(() => passes === 3);
  await storm();
  assert.equal(passes, 3);
  loop.rests.at(-1)?.();
  await until(() => passes === 4);
  loop.rests.at(-1)?.();
  await delay(20);
  assert.equal(passes, 4, 'without another hint there is no other pass');
  loop.stop.abort(new Error('stop'));
  await loop.ended;
});

test('whenever a stream of hints begins there is a look: nobody told of a commit that came before', async () => {
  let passes = 0;
  const loop = rig(async () => {
    passes += 1;
    return undefined;
  });
  await until(() => passes === 1 && loop.hints.length === 1);
  loop.cuts.at(-1)?.();
  await until(() => loop.hints.length === 2);
  await until(() => passes === 2);
  await delay(20);
  assert.equal(passes, 2);
  loop.stop.abort(new Error('stop'));
  await loop.ended;
});

test('a device that is retired has no schedule and no stream until a person asks and it is one of the fleet again', async () => {
  let silent = true;
  let passes = 0;
  const loop = rig(
    async () => {
      passes += 1;
      return undefined;
    },
    () => silent,
  );
  await until(() => passes >= 1 && loop.ticks.size === 0);
  await delay(30);
  const asked = loop.hints.length;
  const before = passes;
  loop.now();
  await until(() => passes === before + 1);
  await delay(20);
  assert.deepEqual([loop.ticks.size, loop.hints.length], [0, asked]);
  silent = false;
  loop.now();
  await until(() => loop.ticks.size === 2 && loop.hints.length > asked);
  loop.stop.abort(new Error('stop'));
  await loop.ended;
});
