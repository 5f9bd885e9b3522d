/** A disk of the device (engine, agent, all of it) that is full at a step of a handover. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import type { Step } from '../../../core/plan/step.ts';
import { startOwnEngine } from '../../../lab/machine/engine.ts';
import { makeProject } from '../../../lab/rig/desired.ts';
import { DeviceRig } from '../../../lab/rig/device-rig.ts';
import { serving } from '../../rig/serving.ts';
import { SmallDisk } from '../../rig/small-disk.ts';
import { handoverKinds } from './handover-kinds.ts';

/** Engine and rig with all that they have below a folder. */
async function onDisk(folder: string) {
  const before = process.env.TMPDIR;
  process.env.TMPDIR = folder;
  try {
    const engine = await startOwnEngine();
    return { engine, rig: new DeviceRig(engine.socket, 'towline.invalid') };
  } finally {
    if (before === undefined) delete process.env.TMPDIR;
    else process.env.TMPDIR = before;
  }
}

test('a disk that is full from a step on: somebody serves all the time, and with room again one is left', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'towline-full-'));
  const disk = new SmallDisk(folder, 400);
  try {
    const { engine, rig } = await onDisk(folder);
    try {
      const image = 'towline-test/worker:1';
      await rig.images.build(image, 'worker', '1');
      const make = (level: string) =>
        makeProject(rig.project, {
          services: { web: { image, restart: 'always', environment: { LEVEL: level } } },
          update: { strategy: 'handover', stablePeriodMs: 200, healthTimeoutMs: 30_000 },
        });
      await rig.pass([make('none')]);
      for (const kind of handoverKinds) {
        const gaps: string[] = [];
        let isFull = false;
        const around = async (step: Step, run: () => Promise<void>) => {
          if (step.kind === kind && !isFull) {
            isFull = true;
            disk.fill(0);
          }
          await run().finally(async () => {
            if ((await serving(rig)).length === 0) gaps.push(step.kind);
          });
        };
        const full = await rig.pass([make(kind)], { around }).then(
          ({ outcome }) => JSON.stringify(outcome),
          (error: Error) => String(error),
        );
        assert.deepEqual(gaps, [], `${kind}: ${full}`);
        assert.ok((await serving(rig)).length > 0, kind);
        disk.makeRoom();
        rig.restart();
        rig.aheadMs += 3_600_000;
        const { outcome } = await rig.pass([make(kind)]);
        assert.match(
          outcome.outcome,
          /^(applied|unchanged)$/,
          `${kind}: ${full}: ${JSON.stringify(outcome)}`,
        );
        assert.deepEqual((await rig.plan([make(kind)])).steps, [], kind);
        assert.deepEqual(await serving(rig), [`LEVEL=${kind}`], kind);
        assert.equal((await rig.containers()).length, 1, kind);
        const { HostConfig: host } = await rig.inspect(`${rig.project}-web-1`);
        assert.equal(host.RestartPolicy?.Name, 'always', kind);
      }
      disk.makeRoom();
      await rig[Symbol.asyncDispose]();
    } finally {
      await engine.stop();
    }
  } finally {
    disk[Symbol.dispose]();
    rmSync(folder, { recursive: true, force: true });
  }
});
