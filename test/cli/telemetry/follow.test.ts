/** `towline logs -f` against a real gateway over SSH: a line is on the screen soon after its device was asked. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { after, describe, test } from 'node:test';
import { commandFolder } from '../../../lab/machine/programs.ts';
import { testDevice } from '../../gateway/rig/gateway.ts';
import { GatewayProgram, TestFleet } from '../../gateway/rig/program.ts';
import { AskedDevice } from '../../rig/asked-device.ts';

const device = testDevice('follow-1');

describe('towline logs -f', () => {
  const ready = (async () => {
    const fleet = await TestFleet.make([device]);
    await fleet.init();
    return { fleet, gateway: await GatewayProgram.start(fleet.config) };
  })();
  after(async () => {
    const { fleet, gateway } = await ready;
    await gateway[Symbol.asyncDispose]();
    await fleet[Symbol.asyncDispose]();
  });

  test('a line that a device has written is shown within 5 s, again and again, and SIGINT ends it', async () => {
    const { fleet, gateway } = await ready;
    const asked = new AskedDevice(gateway, device);
    asked.writes('before');
    await asked.sends();
    const stream = await asked.listens();
    const url = `ssh://towline@127.0.0.1:${gateway.people}/telemetry.git`;
    const words = ['logs', device.id, '-f', '--repo', fleet.repository.path, '--telemetry', url];
    const child = spawn(path.join(commandFolder, 'towline'), words, {
      env: { ...process.env, ...fleet.ssh() },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let complaint = '';
    child.stderr.on('data', (piece: Buffer) => {
      complaint += piece.toString('utf8');
    });
    const shown = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    const next = async () => String((await shown.next()).value).replace(/^\S+ /, '');
    assert.equal(await next(), 'web before', complaint);
    const tookMs: number[] = [];
    for (const line of ['one', 'two', 'three']) {
      asked.writes(line);
      const began = performance.now();
      assert.equal(await next(), `web ${line}`, complaint);
      tookMs.push(Math.round(performance.now() - began));
    }
    // The first may come while the session is made; a busy machine makes all of it slower.
    assert.ok(Math.min(...tookMs) < 5000, `${tookMs}`);
    child.kill('SIGINT');
    assert.deepEqual(await once(child, 'close'), [130, null], complaint);
    stream.destroy();
    process.stdout.write(`# shown after ${tookMs.join(', ')} ms\n`);
  });
});
