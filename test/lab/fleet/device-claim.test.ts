import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { test } from 'node:test';
import { claimDevice } from '../../../lab/fleet/device-claim.ts';

const engine = `/run/${process.pid}/an/engine/whose/path/is/long/${'x'.repeat(100)}/docker.sock`;

test('a second rig with a device of that id on that engine is refused until the first one ends', async () => {
  {
    await using first = await claimDevice(engine, 'north');
    assert.ok(first);
    await assert.rejects(claimDevice(engine, 'north'), /another demo, test or benchmark has a device north/);
    await using beside = await claimDevice(engine, 'south');
    await using elsewhere = await claimDevice(`${engine}.other`, 'north');
    assert.ok(beside && elsewhere);
  }
  await using again = await claimDevice(engine, 'north');
  assert.ok(again);
});

test('a rig that was killed holds no device', async () => {
  const module = path.resolve(import.meta.dirname, '../../../lab/fleet/device-claim.ts');
  const script = `const { claimDevice } = await import(${JSON.stringify(module)});
    await claimDevice(${JSON.stringify(engine)}, 'killed'); console.log('holds'); setInterval(() => {}, 1000);`;
  const other = spawn(process.execPath, ['--input-type=module', '--eval', script]);
  await once(other.stdout, 'data');
  await assert.rejects(claimDevice(engine, 'killed'), /another demo/);
  other.kill('SIGKILL');
  await once(other, 'exit');
  await using mine = await claimDevice(engine, 'killed');
  assert.ok(mine);
});
