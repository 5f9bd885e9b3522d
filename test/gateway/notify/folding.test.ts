/** When devices are one message, in which order messages come, who is told, and when it is told again. */
import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import type { NotifyReceiver } from '../../../schemas/types.generated.ts';
import { Hooks } from './hooks.ts';
import { minutes, names, ownFolder, reportOf, SetClock, Telling, viewDevice, viewOf } from './rig.ts';

const devices = names(30);
const view = viewOf(devices.map(id => viewDevice(id, { site: id < 'pump-0011' ? 'berlin' : 'paris' })));

async function rig(folder: string, more: Partial<NotifyReceiver> = {}, clock = new SetClock()) {
  const hooks = await new Hooks().listen();
  const receivers: NotifyReceiver[] = [
    { name: 'ops', webhook: { url: hooks.url, format: 'cloudevents' }, ...more },
  ];
  const told = await Telling.open({ folder, view, clock, receivers });
  let word = 0;
  const say = async (ids: readonly string[], outcome: 'stale' | 'failed' | 'unchanged') => {
    word += 1;
    await told.hear(...ids.map(id => reportOf(id, `${word}`, { outcome })));
  };
  const wait = async (count: number) => {
    clock.pass(minutes(count));
    await told.send();
    const titles = [...hooks.events.values()].map(({ data }) => data.title);
    hooks.events.clear();
    return titles;
  };
  const close = async () => {
    await told.close();
    await hooks[Symbol.asyncDispose]();
  };
  return { told, say, wait, [Symbol.asyncDispose]: close };
}

test('nine devices are nine messages, ten are one, and only of one type and one way', async () => {
  using folder = ownFolder();
  await using it = await rig(folder.path);
  const { say, wait } = it;
  await say(devices.slice(0, 9), 'stale');
  assert.equal((await wait(1)).length, 9);
  await say(devices.slice(0, 9), 'unchanged');
  await say(devices.slice(10, 20), 'stale');
  await say(devices.slice(20, 29), 'failed');
  assert.deepEqual(await wait(0.5), []);
  const titles = await wait(0.5);
  assert.equal(titles.length, 9 + 1 + 9);
  assert.equal(titles.filter(title => title === '10 devices: stale').length, 1);
});

test('what came back is not told before what it came back from, however often it went', async () => {
  using folder = ownFolder();
  await using it = await rig(folder.path);
  const { say, wait } = it;
  await say(['pump-0001'], 'stale');
  await say(['pump-0001'], 'unchanged');
  await say(['pump-0001'], 'stale');
  await say(['pump-0002'], 'stale');
  await say(['pump-0001'], 'unchanged');
  await say(['pump-0001'], 'stale');
  const titles = (await wait(1)).filter(title => title.startsWith('pump-0001'));
  const one = ['pump-0001: stale', 'pump-0001: fresh again'];
  assert.deepEqual(titles, [...one, ...one, 'pump-0001: stale']);
});

test('what is open is told again for each day, folded, and no more once it is over', async () => {
  using folder = ownFolder();
  const clock = new SetClock();
  const events = { events: ['device.stale', 'device.failed'] } satisfies Partial<NotifyReceiver>;
  {
    await using it = await rig(folder.path, events, clock);
    const { say, wait } = it;
    await say(devices.slice(0, 12), 'stale');
    await say(['pump-0020'], 'failed');
    assert.equal((await wait(1)).length, 2);
    assert.deepEqual(await wait(24 * 60 - 2), []);
    assert.deepEqual((await wait(2)).sort(), ['12 devices: still stale', 'pump-0020: still failed']);
    await say(['pump-0020'], 'unchanged');
    await wait(1);
  }
  await using again = await rig(folder.path, events, clock);
  assert.deepEqual(await again.wait(60), []);
  assert.deepEqual(await again.wait(24 * 60), ['12 devices: still stale']);
});

test('what is open is told again a day after a clock that ran ahead is set back', async () => {
  using folder = ownFolder();
  const clock = new SetClock();
  await using it = await rig(folder.path, {}, clock);
  const { say, wait } = it;
  await say(['pump-0001'], 'stale');
  await wait(1);
  clock.wallMs += minutes(100 * 24 * 60);
  await wait(1);
  clock.wallMs -= minutes(100 * 24 * 60);
  await wait(1);
  assert.deepEqual(await wait(25 * 60), ['pump-0001: still stale']);
});

test('a receiver is told what it asks for, of the devices that it asks for, and of what it was told the end', async () => {
  using folder = ownFolder();
  const more: Partial<NotifyReceiver> = {
    ...{ events: ['device.failed', 'trust'], severity: 'critical' },
    devices: { labels: { site: 'berlin' } },
  };
  await using it = await rig(folder.path, more);
  const { told, say, wait } = it;
  await say(devices, 'stale');
  await say(['pump-0001', 'pump-0011'], 'failed');
  assert.deepEqual(await wait(1), ['pump-0001: failed']);
  // It moved meanwhile: the end is told to whoever was told the beginning.
  told.view.publish(viewOf(devices.map(id => viewDevice(id))));
  await say(['pump-0001', 'pump-0011'], 'unchanged');
  assert.deepEqual(await wait(1), ['pump-0001: failed no more']);
});

test('what is over and was handed to nobody, as the ledger was lost, is told at the next start and not each day as open', async () => {
  using folder = ownFolder();
  const clock = new SetClock();
  const step = async (then: (it: Awaited<ReturnType<typeof rig>>) => Promise<void>) => {
    await using it = await rig(folder.path, {}, clock);
    await then(it);
  };
  await step(async ({ say, wait }) => {
    await say(['pump-0001', 'pump-0002'], 'stale');
    assert.equal((await wait(1)).length, 2);
  });
  rmSync(path.join(folder.path, 'transitions'), { recursive: true });
  await step(async ({ say, wait }) => {
    await say(['pump-0001'], 'unchanged');
    await say(['pump-0002'], 'stale');
    assert.deepEqual(await wait(1), ['pump-0002: stale']);
  });
  await step(async ({ wait }) => {
    assert.deepEqual(await wait(0), ['pump-0001: over (was: stale)']);
    assert.deepEqual(await wait(25 * 60), ['pump-0002: still stale']);
  });
});

test('a receiver that comes later is not told of what was, and one that is gone holds nothing up', async () => {
  using folder = ownFolder();
  const clock = new SetClock();
  {
    await using first = await rig(folder.path, {}, clock);
    await first.say(['pump-0001'], 'stale');
    await first.wait(1);
  }
  await using second = await rig(folder.path, { name: 'later' }, clock);
  await second.say(['pump-0001'], 'stale');
  await second.say(['pump-0002'], 'stale');
  assert.deepEqual(await second.wait(1), ['pump-0002: stale']);
});
