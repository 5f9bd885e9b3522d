/** A bundle that does not come to its end leaves nothing: Ctrl-C, no room. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdir, readdir } from 'node:fs/promises';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { commandFolder } from '../../../lab/machine/programs.ts';
import { SmallDisk } from '../../rig/small-disk.ts';
import { type BundledFleet, layerOf, makeBundledFleet } from './bundled-fleet.ts';

const layerBytes = 6_000_000;

describe('towline bundle create that does not come to its end', () => {
  let rig: BundledFleet;
  before(async () => {
    rig = await makeBundledFleet();
    const layers = { web: layerOf('web', layerBytes) };
    await rig.release('1.0.0', layers, '--assign', 'groups/stable.yaml');
    await rig.commit('Release hello 1.0.0');
    for (const name of ['stick', 'temporary']) await mkdir(rig.place(name));
  });
  after(() => rig[Symbol.asyncDispose]());

  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    test(`because of ${signal} in the middle of a layer leaves no file, here or in the temporary folder`, async () => {
      const start = rig.relay.bytesDown;
      rig.relay.onBytes = relay => {
        if (relay.bytesDown - start < layerBytes / 2) return;
        relay.onBytes = undefined;
        relay.hold();
      };
      const words = ['bundle', 'create', '--device', 'pump-1', '--repo', rig.fleet.directory];
      const file = path.join(rig.place('stick'), 'pump-1.tlb');
      const child = spawn(path.join(commandFolder, 'towline'), [...words, '-o', file], {
        env: { ...process.env, TMPDIR: rig.place('temporary'), GIT_CONFIG_GLOBAL: '/dev/null' },
        stdio: 'ignore',
      });
      const ended = new Promise<number | null>(resolve => child.once('close', resolve));
      while (rig.relay.onBytes !== undefined) {
        assert.equal(child.exitCode, null);
        await delay(10);
      }
      assert.equal((await readdir(rig.place('stick'))).length, 1, 'it is written beside its place');
      assert.equal((await readdir(rig.place('temporary'))).length, 1);
      child.kill(signal);
      assert.equal(await ended, 130);
      rig.relay.release();
      for (const name of ['stick', 'temporary']) assert.deepEqual(await readdir(rig.place(name)), [], name);
    });

  test('because there is no room is refused before a layer is asked for', async () => {
    using _ = new SmallDisk(rig.place('stick'), 3);
    const before = rig.relay.bytesDown;
    const file = path.join(rig.place('stick'), 'pump-1.tlb');
    const made = await rig.bundle('create', '--device', 'pump-1', '-o', file);
    assert.equal(made.code, 1);
    assert.match(made.errors, /^BUNDLE_NO_ROOM .*pump-1\.tlb needs 5\.8 MiB; .*stick has 3 MiB/);
    assert.ok(rig.relay.bytesDown - before < 100_000);
    assert.deepEqual(await readdir(rig.place('stick')), []);
  });
});
