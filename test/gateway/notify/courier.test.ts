/** What waits is bounded: beyond it the oldest are given up, and counted. */
import assert from 'node:assert/strict';
import path from 'node:path';
import { test } from 'node:test';
import { TowlineError } from '../../../core/errors.ts';
import type { Carrier } from '../../../gateway/notify/carriers/carrier.ts';
import { Courier } from '../../../gateway/notify/courier.ts';
import type { Message } from '../../../gateway/notify/messages/message.ts';
import { maxQueued, Outbox } from '../../../gateway/notify/outbox/outbox.ts';
import { DeadLetters } from '../../../gateway/sinks/follow/dead-letters.ts';
import { never, ownFolder, quiet, SetClock } from './rig.ts';

const clock = new SetClock();
const message = (number: number): Message => ({
  ...{
    id: `m-${number}`,
    type: 'device.stale',
    state: 'open',
    severity: 'info',
    fleet: 'acme',
    at: 0,
    queuedAt: clock.now(),
  },
});

test('a receiver that is away keeps no more than so many waiting, the newest, over a restart too', async () => {
  using folder = ownFolder();
  const away: Carrier = {
    ...{ where: 'away', maxBatch: 1, folds: true, forget() {}, close() {} },
    send: async () => {
      throw new TowlineError('TELEMETRY_RECEIVER_UNREACHABLE', 'away');
    },
  };
  const file = path.join(folder.path, 'outbox');
  const outbox = await Outbox.open(file);
  const made = Array.from({ length: maxQueued + 25 }, (_, number) => message(number));
  for (let at = 0; at < made.length; at += 500) await outbox.take({ made: made.slice(at, at + 500) });
  const deadLetters = new DeadLetters(path.join(folder.path, 'dead'));
  const courier = new Courier({
    outbox,
    carrier: away,
    deadLetters,
    clock,
    log: quiet,
    random: () => 0,
  });
  await courier.deliver(never);
  assert.deepEqual([courier.counts.dead, outbox.queued], [25, maxQueued]);
  await outbox.close();
  const again = await Outbox.open(file);
  assert.deepEqual([again.queued, again.queue[0]?.id], [maxQueued, 'm-25']);
  await again.close();
});

test('what was sent while the disk takes nothing is not sent again for that', async () => {
  using folder = ownFolder();
  const sent: string[] = [];
  const here: Carrier = {
    ...{ where: 'here', maxBatch: 1, folds: true, forget() {}, close() {} },
    send: async messages => {
      sent.push(...messages.map(({ id }) => id));
      return 'taken';
    },
  };
  const outbox = await Outbox.open(path.join(folder.path, 'outbox'));
  await outbox.take({ made: [message(1), message(2)] });
  const deadLetters = new DeadLetters(path.join(folder.path, 'dead'));
  const courier = new Courier({ outbox, carrier: here, deadLetters, clock, log: quiet, random: () => 0 });
  const take = outbox.take.bind(outbox);
  outbox.take = () => Promise.reject(Object.assign(new Error('no room'), { code: 'ENOSPC' }));
  for (let tries = 0; tries < 3; tries += 1) await assert.rejects(courier.deliver(never), { code: 'ENOSPC' });
  outbox.take = take;
  await courier.deliver(never);
  assert.deepEqual([sent, outbox.queued], [['m-1', 'm-2'], 0]);
  await outbox.close();
});
