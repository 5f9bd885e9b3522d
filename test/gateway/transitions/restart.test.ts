/** What a gateway says at its start, and of what is over by no word of a device: no more than it knows. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { titleOf } from '../../../gateway/notify/formats/message-words.ts';
import { messageOf } from '../../../gateway/notify/outbox/folding.ts';
import { ForkLooker } from '../../../gateway/transitions/fleet/fork-looker.ts';
import { opened } from '../../../gateway/transitions/make-transition.ts';
import type { NumberedTransition } from '../../../gateway/transitions/transition.ts';
import { ownLookers } from '../../../gateway/transitions/watch/own-lookers.ts';
import {
  minutes,
  names,
  never,
  ownFolder,
  reportOf,
  SetClock,
  Telling,
  viewDevice,
  viewOf,
} from '../notify/rig.ts';

const devices = names(3);
const view = viewOf(devices.map(id => viewDevice(id)));
const open = (folder: string, clock: SetClock, of = view) =>
  Telling.open({ folder, view: of, clock, receivers: [] });
const types = (told: Telling) => [...told.ledger.conditions].map(({ key }) => `${key.type} ${key.subject}`);
const facts = { receiver: 'ops', nowMs: 0, support: undefined, linkOf: () => undefined };
const title = (transition: NumberedTransition | undefined) =>
  transition && titleOf(messageOf(transition, facts));

async function darkOf(folder: string, clock: SetClock): Promise<Telling> {
  const told = await open(folder, clock);
  await told.hear(...devices.map(id => reportOf(id, 'first')));
  await told.silence(20);
  await told.hear(...devices.slice(1).map(id => reportOf(id, 'second')));
  await told.silence(26);
  assert.deepEqual(types(told), ['device.dark device/pump-0001']);
  return told;
}

test('a device that left the fleet while the gateway was down is dark no more, and nobody says that it was heard', async () => {
  using folder = ownFolder();
  const clock = new SetClock();
  const first = await darkOf(folder.path, clock);
  await first.close();
  const second = await open(folder.path, clock, viewOf(devices.slice(1).map(id => viewDevice(id))));
  const { last } = second.ledger;
  await second.hear(...devices.slice(1).map(id => reportOf(id, 'second')));
  assert.deepEqual(types(second), []);
  const [over] = second.ledger.after(last, 10);
  assert.equal(title(over), 'pump-0001: left the fleet (was: dark)');
  await second.close();
});

test('a dark device whose file says that it is retired is dark no more: it cannot say so itself', async () => {
  using folder = ownFolder();
  const clock = new SetClock();
  const told = await darkOf(folder.path, clock);
  const retired = devices.map(id => {
    const device = viewDevice(id);
    return id === 'pump-0001'
      ? { ...device, file: { ...device.file, retired: { apps: 'stop' as const } } }
      : device;
  });
  told.view.publish(viewOf(retired));
  const { last } = told.ledger;
  clock.pass(minutes(1));
  await told.hear();
  assert.deepEqual(types(told), []);
  assert.equal(title(told.ledger.after(last, 10)[0]), 'pump-0001: retired (was: dark)');
  clock.pass(minutes(5));
  await told.hear();
  assert.deepEqual(types(told), []);
  await told.close();
});

test('a gateway that stood still for an hour has heard nobody, and calls nobody dark for it', async () => {
  using folder = ownFolder();
  const clock = new SetClock();
  const told = await open(folder.path, clock);
  await told.hear(...devices.map(id => reportOf(id, 'first')));
  // SIGSTOP, a paused machine, a disk that hung: no look in between.
  clock.pass(minutes(60));
  await told.hear();
  assert.deepEqual(types(told), []);
  for (let minute = 0; minute < 50; minute += 1) {
    clock.pass(minutes(1));
    await told.hear();
  }
  assert.equal(types(told).length, 3, 'those who stay silent are');
  await told.close();
});

test('a fork stays open over a start, until it is known that there is none', async () => {
  using folder = ownFolder();
  const clock = new SetClock();
  const told = await open(folder.path, clock);
  const strange = 'd'.repeat(40);
  const { ledger } = told;
  const key = { fleet: 'acme', subject: 'device/pump-0001', type: 'trust.fork' } as const;
  await ledger.note({ transitions: [opened(key, clock.now(), { device: 'pump-0001', commit: strange })] });
  const trusted = new Map<string, string>();
  const looker = new ForkLooker({
    ...{ fleet: 'acme', anchor: 'a'.repeat(40), ledger, view: told.view, clock },
    source: { read: async () => undefined },
    line: { has: id => id === 'c'.repeat(40), follow: async () => true },
    trusted: () => trusted,
  });
  await looker.look(never);
  assert.equal(ledger.openCount, 1, 'nothing was heard of it yet');
  trusted.set('pump-0001', strange);
  await looker.look(never);
  assert.equal(ledger.openCount, 1, 'it says the same still');
  trusted.set('pump-0001', 'c'.repeat(40));
  await looker.look(never);
  assert.equal(ledger.openCount, 0);
  await told.close();
});

test('a clock that is wrong over a start is not right again for that', async () => {
  using folder = ownFolder();
  const clock = new SetClock();
  const told = await open(folder.path, clock);
  const { ledger } = told;
  const key = { fleet: 'acme', subject: 'gateway', type: 'gateway.clock' } as const;
  await ledger.note({ transitions: [opened(key, clock.now())] });
  const looker = (known: boolean | undefined) =>
    ownLookers({
      ...{ fleet: 'acme', stateDirectory: folder.path, ledger, clock },
      ...{ stopped: () => undefined, waiting: () => [], isSynchronised: async () => known },
    }).find(({ name }) => name === 'the clock');
  await looker(false)?.look(never);
  assert.equal(ledger.openCount, 1);
  await looker(true)?.look(never);
  assert.equal(ledger.openCount, 0);
  await told.close();
});
