/** SIGKILL of the agent's process, and of the engine's, in a backup: the helper it leaves behind is none of anybody's concern. */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { backupsOf } from '../../../agent/backup/backup-folder.ts';
import type { Engine, EngineRequest } from '../../../agent/runtime/engine/engine.ts';
import { label } from '../../../core/plan/container/labels.ts';
import { startOwnEngine } from '../../../lab/machine/engine.ts';
import type { OwnEngine } from '../../../lab/machine/own-engine.ts';
import { makeDesired } from '../../../lab/rig/desired.ts';
import { DeviceRig } from '../../../lab/rig/device-rig.ts';
import { isLong, samplesOf } from '../../rig/every.ts';
import { killedAgent } from './agent-process.ts';
import { type Kept, keptApp } from './kept-app.ts';

const image = 'towline-test/worker:1';

/** A helper is at work for a while. */
async function fill(rig: DeviceRig): Promise<void> {
  const volume = `/volumes/${rig.project}_data`;
  const { Mountpoint } = await rig.engine.call<{ Mountpoint: string }>(
    { method: 'GET', path: volume },
    rig.signal,
  );
  writeFileSync(path.join(Mountpoint, 'row'), randomBytes(40_000_000));
}

/** The app runs, by the plan of whatever pass comes next; its data has been kept before; nothing is left. */
async function assertSettled(rig: DeviceRig, kept: Kept, when: string): Promise<void> {
  const project = keptApp(kept);
  const { outcome } = await rig.pass([project]);
  assert.match(outcome.outcome, /^(applied|unchanged)$/, `${when}: ${JSON.stringify(outcome)}`);
  assert.deepEqual((await rig.plan([project])).steps, [], when);
  assert.equal((await rig.inspect(`${rig.project}-app-1`)).State.Status, 'running', when);
  await rig.runtime().observe(makeDesired(rig.device, [project]), rig.signal);
  const helpers = (await rig.containers()).filter(({ Labels }) => Labels?.[label.helper] !== undefined);
  assert.deepEqual(helpers, [], when);
  const { backups, damaged } = await backupsOf(rig.room.backupDirectory, rig.project);
  assert.deepEqual([backups[0]?.before, damaged], [project.digest, []], when);
  const left = readdirSync(path.join(rig.room.backupDirectory, rig.project));
  assert.deepEqual(
    left.filter(name => name.endsWith('.part')),
    [],
    when,
  );
}

interface Phase {
  readonly name: string;
  readonly mode: 'stop' | 'pause';
  /** With the first such call, which it does not answer. */
  readonly at: (request: EngineRequest) => boolean;
}

const phases: readonly Phase[] = [
  {
    name: 'a helper works, and the app is paused',
    mode: 'pause',
    at: ({ path: to }) => to.endsWith('/wait'),
  },
  { name: 'a helper works', mode: 'stop', at: ({ path: to }) => to.endsWith('/wait') },
  { name: 'the app is stopped', mode: 'stop', at: ({ path: to }) => to.endsWith('/stop') },
  { name: 'the app is paused', mode: 'pause', at: ({ path: to }) => to.endsWith('/pause') },
  { name: 'the app goes on', mode: 'pause', at: ({ path: to }) => to.endsWith('/unpause') },
  { name: 'a helper is made', mode: 'stop', at: ({ path: to }) => to === '/containers/create' },
  { name: 'a helper starts', mode: 'stop', at: ({ path: to }) => to.endsWith('/start') },
  { name: 'a helper is removed', mode: 'stop', at: ({ method }) => method === 'DELETE' },
];

describe('on an engine of its own', () => {
  let own: OwnEngine;
  before(async () => {
    own = await startOwnEngine();
    await new DeviceRig(own.socket, 'towline.invalid').images.build(image, 'worker', '1');
  });
  after(async () => own.stop());

  for (const mode of ['pause', 'stop'] as const) {
    test(`the agent killed by SIGKILL at a call to the engine, with mode ${mode}`, async () => {
      await using rig = new DeviceRig(own.socket, 'towline.invalid');
      const { project } = rig;
      const kept = (release: number): Kept => ({ project, image, release, backup: { mode } });
      await rig.pass([keptApp(kept(1))]);
      await fill(rig);
      let release = 1;
      for (let nth = 1; ; nth += 1) {
        release += 1;
        const place = isLong ? nth : '/wait';
        const when = `${place} with ${mode}`;
        const killed = await killedAgent(rig, kept(release), place, own.socket);
        await assertSettled(rig, kept(release), when);
        if (!isLong) return assert.ok(killed, when);
        if (!killed) return assert.ok(nth > 15, when);
      }
    });
  }

  test('the agent killed while the app is paused, and the update withdrawn: the next pass lets it go on', async () => {
    await using rig = new DeviceRig(own.socket, 'towline.invalid');
    const { project } = rig;
    const kept = (release: number): Kept => ({ project, image, release, backup: { mode: 'pause' } });
    const one = keptApp(kept(1));
    await rig.pass([one]);
    await fill(rig);
    const status = async () => (await rig.inspect(`${project}-app-1`)).State.Status;
    assert.ok(await killedAgent(rig, kept(2), '/wait', own.socket));
    assert.equal(await status(), 'paused');
    assert.equal((await rig.pass([one])).outcome.outcome, 'applied');
    assert.equal(await status(), 'running');
    assert.deepEqual((await rig.plan([one])).steps, []);
  });

  test('the engine killed by SIGKILL in a backup: the next pass has the backup and the update', async () => {
    await using rig = new DeviceRig(own.socket, 'towline.invalid');
    const { project } = rig;
    const kept = (release: number, mode: Phase['mode']): Kept => ({
      project,
      image,
      release,
      backup: { mode },
    });
    await rig.pass([keptApp(kept(1, 'stop'))]);
    await fill(rig);
    let release = 1;
    for (const { name, mode, at } of samplesOf(phases, 8)) {
      release += 1;
      let [now, isDown] = ['', false];
      const engine: Engine = {
        async call(request, signal) {
          if (isDown || now !== name || !at(request)) return await rig.engine.call(request, signal);
          isDown = true;
          const answer = rig.engine.call(request, signal);
          await Promise.allSettled([answer, own.down('SIGKILL')]);
          return await answer;
        },
        stream: (request, signal) => rig.engine.stream(request, signal),
      };
      const around = async ({ kind }: { kind: string }, run: () => Promise<void>) => {
        if (['stop-container', 'back-up'].includes(kind)) now = name;
        await run();
        now = '';
      };
      const next = keptApp(kept(release, mode));
      await rig.pass([next], { engine, around, parallelSteps: 1 }).catch(() => undefined);
      assert.ok(isDown, name);
      await own.up();
      rig.restart();
      await assertSettled(rig, kept(release, mode), name);
    }
  });
});
