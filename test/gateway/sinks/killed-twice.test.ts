/** What was on its way when the gateway ended is counted when it comes again, however often the gateway ends before. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { eventually } from '../../../lab/rig/eventually.ts';
import { Branches, Followed, ownFolder, Receiver } from './rig.ts';

/** A receiver that has a batch whose answer never comes. */
class UnheardReceiver extends Receiver {
  #hang: (() => void) | undefined;

  /** So many batches are answered before one is not. */
  answers(count: number): void {
    let left = count;
    this.answer = batch => {
      left -= 1;
      if (left >= 0) return [];
      this.had.push(...batch);
      return new Promise((_, reject) => {
        this.#hang = () => reject(new Error('killed'));
      });
    };
  }

  /** As a kill leaves it, when it has so many records. @returns how many of this life were counted as sent again */
  async kill(followed: Followed, had: number): Promise<number> {
    await eventually(() => this.had.length === had);
    const ended = followed.stop();
    this.#hang?.();
    await ended;
    return followed.counts.again;
  }
}

test('what was on its way is counted when it comes again, also where the gateway is killed a second time before', async () => {
  const branches = new Branches('pump-1', 'pump-2');
  branches.say('pump-1', { logs: [1, 2, 3] });
  branches.say('pump-1', { logs: [4, 5, 6] });
  branches.say('pump-2', { logs: [1] });
  const receiver = new UnheardReceiver();
  using folder = ownFolder();
  const open = async (records: number) =>
    (await Followed.open({ branches, folder: folder.path, receiver, records })).start();
  receiver.answers(0);
  let again = await receiver.kill(await open(7), 7);
  // It comes as far as the fourth of them.
  receiver.answers(1);
  again += await receiver.kill(await open(2), 7 + 4);
  receiver.answers(100);
  const third = await open(2);
  await eventually(() => third.counts.delivered === 5 && third.follower.lagMs === 0);
  again += await receiver.kill(third, receiver.had.length);
  assert.equal(again, receiver.had.length - 7);
  // And what comes later is not taken for what came twice.
  branches.say('pump-1', { logs: [7] });
  const later = await open(2);
  await eventually(() => receiver.ids.at(-1) === 'pump-1/c0ffee000001/7');
  await later.stop();
  assert.equal(later.counts.again, 0);
});

test('where what was on its way is cut off meanwhile, what follows is not taken for ever for what came twice', async () => {
  const branches = new Branches('pump-1');
  branches.say('pump-1', { logs: [1, 2] });
  const receiver = new UnheardReceiver();
  using folder = ownFolder();
  receiver.answers(0);
  await receiver.kill(
    await Followed.open({ branches, folder: folder.path, receiver }).then(it => it.start()),
    2,
  );
  const anew = new Branches();
  for (const [device, key] of branches.keys) anew.keys.set(device, key);
  anew.publish();
  anew.say('pump-1', { logs: [3] });
  receiver.answers(100);
  const followed = (await Followed.open({ branches: anew, folder: folder.path, receiver })).start();
  await eventually(() => receiver.had.length === 3 && followed.follower.lagMs === 0);
  const before = followed.counts.again;
  anew.say('pump-1', { logs: [4] });
  followed.look();
  await eventually(() => receiver.had.length === 4);
  await followed.stop();
  assert.deepEqual([before, followed.counts.again], [1, 1]);
});
