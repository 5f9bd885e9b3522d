/** Killed anywhere in a restore, a volume is wholly old or wholly new, and the next passes end it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { DesiredProject } from '../../../core/desired/state.ts';
import type { Around } from '../../../lab/rig/around-steps.ts';
import { sharedImages } from '../../../lab/rig/device-images.ts';
import { DeviceRig } from '../../../lab/rig/device-rig.ts';
import { isLong } from '../../rig/every.ts';
import { ForgetfulDisk } from '../apply/forgetful-disk.ts';
import { KilledAgent } from './killed-agent.ts';
import { TwoVolumes } from './two-volumes.ts';

const images = await sharedImages();

/** Each costs seconds: the long form tries all, until one is not reached. */
const placesOf = (short: readonly number[]): readonly number[] =>
  isLong ? Array.from({ length: 150 }, (_, at) => at + 1) : short;

/** A row of a volume while a restore is under way; a folder that is missing is between two renames. */
const wholeRows = /^(one|two|-)$/;

/** @returns whether it was killed before its end */
async function passKilled(rig: DeviceRig, project: DesiredProject, agent: KilledAgent): Promise<boolean> {
  const { engine, signal } = agent;
  return await rig.pass([project], { engine, signal, parallelSteps: 1 }).then(
    () => signal.aborted,
    (error: unknown) => {
      if (!signal.aborted) throw error;
      return true;
    },
  );
}

interface Round {
  readonly rig: DeviceRig;
  readonly app: TwoVolumes;
  readonly when: string;
}

async function assertWhole({ app, when }: Round): Promise<void> {
  for (const row of await app.rows()) assert.match(row, wholeRows, when);
}

/** No start has seen one volume old and the other new. */
async function assertStarts({ app, when }: Round): Promise<void> {
  for (const line of await app.starts()) assert.match(line, /^(\w+) \1$/, when);
}

/** The device forgets that it was asked: the same request is a new one. */
async function again({ rig, app }: Round): Promise<void> {
  await rig.store.update(rig.project, { restoreAsked: undefined, restored: undefined });
  await app.write('two');
}

/** The next agent ends what the one that was killed has begun; the engine had come up by itself before. */
async function assertEnded(round: Round, wanted: DesiredProject): Promise<void> {
  const { rig, app, when } = round;
  await assertWhole(round);
  await app.comeUp();
  rig.restart();
  const { outcome } = await rig.pass([wanted]);
  assert.match(outcome.outcome, /^(applied|unchanged)$/, `${when}: ${JSON.stringify(outcome)}`);
  await app.assertSettled(wanted, 'one', when);
  await assertStarts(round);
}

test('killed before any call to the engine, the next pass has put back the backup', async () => {
  await using rig = await DeviceRig.start();
  const app = new TwoVolumes(rig, images.worker);
  const wanted = app.asked('2', await app.twoReleases());
  for (const nth of placesOf([25, 44])) {
    const round = { rig, app, when: `call ${nth}` };
    await again(round);
    using disk = new ForgetfulDisk(rig.stateDirectory);
    const agent = new KilledAgent(rig, nth, disk);
    const killed = await passKilled(rig, wanted, agent);
    disk[Symbol.dispose]();
    await assertEnded(round, wanted);
    if (!killed) return assert.ok(isLong, 'a place that is not reached is no test');
  }
  assert.ok(!isLong, 'it never came to its end');
});

test('the power gone at any fsync of a restore, the next pass has put back the backup', async () => {
  await using rig = await DeviceRig.start();
  using disk = new ForgetfulDisk(rig.stateDirectory);
  const app = new TwoVolumes(rig, images.worker);
  const wanted = app.asked('2', await app.twoReleases());
  for (const nth of placesOf([15])) {
    const round = { rig, app, when: `fsync ${nth}` };
    await again(round);
    const agent = new KilledAgent(rig, 0);
    disk.endAt(nth, () => agent.kill());
    const killed = await passKilled(rig, wanted, agent);
    disk.cut();
    await assertEnded(round, wanted);
    if (!killed) return assert.ok(isLong, 'a place that is not reached is no test');
  }
  assert.ok(!isLong, 'it never came to its end');
});

test('killed between any two renames, nothing starts with one volume old and one new', async () => {
  await using rig = await DeviceRig.start();
  const app = new TwoVolumes(rig, images.worker);
  const wanted = app.asked('2', await app.twoReleases());
  for (const renames of isLong ? [1, 2, 3, 4] : [2]) {
    const round = { rig, app, when: `${renames} renames` };
    await again(round);
    const agent = new KilledAgent(rig, 0);
    await passKilled(
      rig,
      wanted,
      agent.before(({ body }) => JSON.stringify(body ?? '').includes('exchange')),
    );
    assert.ok(agent.signal.aborted);
    await app.exchangeByHand(renames);
    await assertEnded(round, wanted);
  }
});

test('killed between two renames, and the app is removed: when it comes again, its data is whole before it starts', async () => {
  await using rig = await DeviceRig.start();
  const app = new TwoVolumes(rig, images.worker);
  const wanted = app.asked('2', await app.twoReleases());
  for (const renames of isLong ? [1, 2, 3] : [2]) {
    const round = { rig, app, when: `${renames} renames` };
    const { when } = round;
    await again(round);
    const agent = new KilledAgent(rig, 0);
    agent.before(({ body }) => JSON.stringify(body ?? '').includes('exchange'));
    assert.ok(await passKilled(rig, wanted, agent), when);
    await app.exchangeByHand(renames);
    rig.restart();
    const { outcome } = await rig.pass([]);
    assert.equal(outcome.projects[0]?.state, 'removed', JSON.stringify(outcome));
    // What is told of it once is not told in each pass.
    assert.deepEqual((await rig.pass([])).outcome.projects, []);
    rig.restart();
    await rig.pass([app.release('2')]);
    await app.assertSettled(app.release('2'), 'one', when);
    await assertStarts(round);
  }
});

test('killed while an update is taken back with its data, the old version has it as it was, and the new one never', async () => {
  await using rig = await DeviceRig.start();
  const app = new TwoVolumes(rig, images.worker);
  const backup = { onRollback: 'restore' } as const;
  await rig.pass([app.release('1', { backup })]);
  for (const nth of placesOf([40])) {
    const round = { rig, app, when: `call ${nth} of going back` };
    await app.write('one');
    await app.starts();
    const bad = app.release(`2.${nth}`, { backup, spoils: true });
    let goesBack = false;
    let count = 0;
    const agent = new KilledAgent(rig, 0).before(() => goesBack && ++count === nth);
    const { engine, signal } = agent;
    const around: Around = async (step, run) => {
      goesBack ||= step.kind === 'unpack-backup';
      await run();
    };
    const killed = await rig.pass([bad], { engine, signal, around, parallelSteps: 1 }).then(
      () => signal.aborted,
      () => true,
    );
    for (const row of await app.rows()) assert.match(row, /^(one|spoilt|-)$/, round.when);
    await app.comeUp();
    rig.restart();
    await rig.pass([bad]);
    await rig.pass([bad]);
    await app.assertSettled(bad, 'one', round.when);
    const isOld = ['/bin/sh', '-c', 'test $RELEASE = 1'];
    assert.equal(await rig.exec(`${rig.project}-app-1`, isOld), 0, round.when);
    // The new version once on what the old one had; whoever starts after that, on the whole of one.
    await assertStarts(round);
    if (!killed) return assert.ok(isLong, 'a place that is not reached is no test');
  }
  assert.ok(!isLong, 'it never came to its end');
});
