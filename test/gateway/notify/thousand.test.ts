/** A thousand devices go dark and come back: one message each way per condition, whatever ends or is down meanwhile. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { NotifyReceiver } from '../../../schemas/types.generated.ts';
import { Alerts, Hooks } from './hooks.ts';
import { minutes, names, ownFolder, reportOf, SetClock, Telling, viewDevice, viewOf } from './rig.ts';

const devices = names(1000);
const view = viewOf(devices.map(id => viewDevice(id)));

const hook = (url: string): NotifyReceiver => ({ name: 'ops', webhook: { url, format: 'cloudevents' } });
const alerts = (url: string): NotifyReceiver => ({
  name: 'alerts',
  webhook: { url, format: 'alertmanager' },
});

test('a thousand devices go dark and come back: one message each way, and one alert each', async () => {
  await using ops = await new Hooks().listen();
  await using manager = await new Alerts().listen();
  using folder = ownFolder();
  const clock = new SetClock();
  const told = await Telling.open({
    ...{ folder: folder.path, view, clock },
    receivers: [hook(ops.url), alerts(manager.url)],
  });
  await told.hear(...devices.map(id => reportOf(id, 'first')));
  await told.silence(44);
  await told.send();
  assert.equal(told.ledger.openCount, 0, 'not before thrice the schedule');
  clock.pass(minutes(2));
  await told.hear();
  await told.send();
  assert.deepEqual(
    [ops.events.size, new Set(manager.alerts.map(({ labels }) => labels.device)).size],
    [0, 1000],
  );
  clock.pass(minutes(1));
  await told.send();
  const [dark, ...none] = [...ops.events.values()];
  assert.deepEqual(none, []);
  assert.equal(dark?.data.title, '1000 devices: dark');
  assert.deepEqual(dark?.data.devices, devices.slice(0, 5));
  clock.pass(minutes(5));
  await told.hear(...devices.map(id => reportOf(id, 'second')));
  clock.pass(minutes(1));
  await told.send();
  assert.deepEqual(
    [...ops.events.values()].map(({ data }) => [data.state, data.count]),
    [
      ['open', 1000],
      ['resolved', 1000],
    ],
  );
  for (const id of devices) assert.equal(manager.beginnings(id).size, 1);
  const ended = manager.alerts.filter(
    ({ startsAt, endsAt }) => Date.parse(endsAt) <= clock.now() && startsAt < endsAt,
  );
  assert.deepEqual(new Set(ended.map(({ labels }) => labels.device)).size, 1000);
  await told.close();
});

test('a receiver that is down for an hour gets all of it once it is there, each way once, and the other waits for nothing', async () => {
  await using ops = await new Hooks().listen();
  await using other = await new Hooks().listen();
  using folder = ownFolder();
  const clock = new SetClock();
  const receivers = [hook(ops.url), { ...hook(other.url), name: 'other' }];
  const told = await Telling.open({ folder: folder.path, view, clock, receivers });
  await told.hear(...devices.map(id => reportOf(id, 'first')));
  await told.silence(46);
  ops.fault = () => ({ status: 503 });
  for (let minute = 0; minute < 60; minute += 1) {
    if (minute === 20) await told.hear(...devices.map(id => reportOf(id, 'second')));
    clock.pass(minutes(1));
    await told.send();
  }
  assert.equal(ops.events.size, 0);
  assert.equal(other.events.size, 2);
  assert.ok(ops.received.length < 20, `${ops.received.length} tries`);
  ops.fault = () => undefined;
  for (let minute = 0; minute < 16; minute += 1) {
    clock.pass(minutes(1));
    await told.send();
  }
  assert.deepEqual(
    [ops.devices('device.dark', 'open'), ops.devices('device.dark', 'resolved')],
    [1000, 1000],
  );
  assert.equal(ops.events.size, 2);
  await told.close();
});

test('a gateway that ends while a receiver is down for an hour has lost nothing, and says nothing twice', async () => {
  await using ops = await new Hooks().listen();
  using folder = ownFolder();
  const clock = new SetClock();
  const open = () => Telling.open({ folder: folder.path, view, clock, receivers: [hook(ops.url)] });
  const ended: Telling[] = [];
  let told = await open();
  await told.hear(...devices.map(id => reportOf(id, 'first')));
  await told.silence(46);
  ops.fault = () => 'cut';
  for (let minute = 0; minute < 60; minute += 1) {
    clock.pass(minutes(1));
    await told.send();
    if (minute % 10 !== 5) continue;
    // What is not on the disk by now is gone.
    ended.push(told);
    told = await open();
    await told.hear(...devices.map(id => reportOf(id, minute < 30 ? 'first' : 'second')));
  }
  assert.equal(ops.events.size, 0);
  ops.fault = () => undefined;
  for (let minute = 0; minute < 16; minute += 1) {
    clock.pass(minutes(1));
    await told.send();
  }
  assert.deepEqual(
    [...ops.events.values()].map(({ data }) => data.title),
    ['1000 devices: dark', '1000 devices: heard again'],
  );
  for (const each of [...ended, told]) await each.close();
});

test('after a start everybody has a fresh period: a gateway that was down has heard nobody, and says nothing of it', async () => {
  await using ops = await new Hooks().listen();
  using folder = ownFolder();
  const clock = new SetClock();
  const open = () => Telling.open({ folder: folder.path, view, clock, receivers: [hook(ops.url)] });
  const first = await open();
  await first.hear(...devices.map(id => reportOf(id, 'first')));
  await first.close();
  clock.pass(minutes(600));
  const second = await open();
  await second.hear(...devices.map(id => reportOf(id, 'first')));
  await second.silence(30);
  await second.hear(...devices.slice(1).map(id => reportOf(id, 'second')));
  await second.silence(20);
  clock.pass(minutes(1));
  await second.send();
  assert.deepEqual(
    ops.of('device.dark').map(({ subject }) => subject),
    ['device/pump-0001'],
  );
  // One that was dark before stays so over a start, until it says something new.
  await second.close();
  const third = await open();
  await third.hear(...devices.map(id => reportOf(id, id === 'pump-0001' ? 'first' : 'second')));
  clock.pass(minutes(2));
  await third.send();
  assert.equal(ops.events.size, 1);
  await third.hear(reportOf('pump-0001', 'third'));
  clock.pass(minutes(2));
  await third.send();
  assert.deepEqual(
    [...ops.events.values()].map(({ data }) => data.title),
    ['pump-0001: dark', 'pump-0001: heard again'],
  );
  await third.close();
});
