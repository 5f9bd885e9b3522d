/** What would be many messages: outages that take devices away one after the other, and devices that come and go. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Hooks } from './hooks.ts';
import { minutes, names, ownFolder, reportOf, SetClock, Telling, viewDevice, viewOf } from './rig.ts';

async function rig(folder: string, devices: readonly string[], clock = new SetClock()) {
  const hooks = await new Hooks().listen();
  const view = viewOf(devices.map(id => viewDevice(id)));
  const receivers = [{ name: 'ops', webhook: { url: hooks.url, format: 'cloudevents' as const } }];
  const told = await Telling.open({ folder, view, clock, receivers });
  let word = 0;
  const say = async (ids: readonly string[], outcome: 'failed' | 'unchanged' = 'unchanged') => {
    word += 1;
    await told.hear(...ids.map(id => reportOf(id, `${word}`, { outcome })));
  };
  /** Minute by minute. */
  const pass = async (count: number, each: (minute: number) => Promise<void> = () => told.hear()) => {
    for (let minute = 0; minute < count; minute += 1) {
      await each(minute);
      clock.pass(minutes(1));
      await told.send();
    }
  };
  const titles = () => {
    const all = [...hooks.events.values()].map(({ data }) => data.title);
    hooks.events.clear();
    return all;
  };
  const close = async () => {
    await told.close();
    await hooks[Symbol.asyncDispose]();
  };
  return { told, say, pass, titles, hooks, [Symbol.asyncDispose]: close };
}

/** Each reports every 15 minutes, in its own minute. */
const due = (devices: readonly string[], minute: number) =>
  devices.filter((_, at) => at % 15 === minute % 15);

for (const count of [20, 3000])
  test(`an outage of ${count} devices that report at times of their own is one message, and so is the way back`, async () => {
    using folder = ownFolder();
    const devices = names(count + 5);
    const [out, here] = [devices.slice(0, count), devices.slice(count)];
    await using it = await rig(folder.path, devices);
    const { say, pass, titles } = it;
    await say(devices);
    await pass(30, minute => say(due(devices, minute)));
    await pass(70, minute => say(due(here, minute)));
    assert.deepEqual(titles(), [`${count} devices: dark`]);
    await pass(35, minute => say(due(devices, minute)));
    assert.deepEqual(titles(), [`${count} devices: heard again`]);
    assert.ok(out.length === count);
  });

test('one device alone is told within a few minutes of the time that it may be silent, and back within two', async () => {
  using folder = ownFolder();
  const devices = names(100);
  await using it = await rig(folder.path, devices);
  const { say, pass, titles } = it;
  const others = devices.slice(1);
  await say(devices);
  await pass(49, minute => say(due(others, minute)));
  assert.deepEqual(titles(), ['pump-0001: dark']);
  await say(['pump-0001']);
  await pass(2, minute => say(due(others, minute)));
  assert.deepEqual(titles(), ['pump-0001: heard again']);
});

test('a device that fails and is well each minute is told three times, then that it comes and goes, then how it stays', async () => {
  using folder = ownFolder();
  const clock = new SetClock();
  const devices = names(40);
  for (const last of ['failed', 'unchanged'] as const) {
    await using it = await rig(folder.path, devices, clock);
    const { say, pass, titles } = it;
    await pass(12 * 60, minute => say(['pump-0001'], minute % 2 === 0 ? 'failed' : 'unchanged'));
    const told = titles();
    assert.ok(told.length <= 8, told.join('\n'));
    assert.deepEqual(told.slice(0, 2), ['pump-0001: failed', 'pump-0001: failed no more']);
    assert.equal(
      told.filter(each => each === 'pump-0001: failed, comes and goes').length,
      1,
      told.join('\n'),
    );
    await say(['pump-0001'], last);
    await pass(40);
    const [end, ...none] = titles();
    assert.deepEqual(none, []);
    assert.equal(end, last === 'failed' ? undefined : 'pump-0001: failed no more');
    await pass(120, () => say(['pump-0001'], 'unchanged'));
    titles();
    // It is a condition as any other again.
    await say(['pump-0001'], 'failed');
    await pass(2);
    await say(['pump-0001'], 'unchanged');
    await pass(2);
    assert.deepEqual(titles(), ['pump-0001: failed', 'pump-0001: failed no more']);
  }
});

test('forty devices that come and go are few messages, over restarts of the gateway too, and the last word is true', async () => {
  using folder = ownFolder();
  const clock = new SetClock();
  const devices = names(40);
  let all = 0;
  for (let start = 0; start < 2; start += 1) {
    await using it = await rig(folder.path, devices, clock);
    const { say, pass, titles } = it;
    await pass(360, async minute => {
      await say(due(devices, minute), Math.floor(minute / 15) % 2 === 0 ? 'failed' : 'unchanged');
      await say(devices.slice(0, 5), minute % 2 === 0 ? 'failed' : 'unchanged');
    });
    all += titles().length;
  }
  await using it = await rig(folder.path, devices, clock);
  await it.say(devices, 'unchanged');
  await it.pass(60, () => it.say(devices));
  all += it.titles().length;
  assert.ok(all < 600 && all > 40, `${all} messages in twelve hours`);
  assert.equal(it.told.receivers[0]?.metrics().find(({ name }) => name.endsWith('notify_open'))?.value, 0);
});
