/** What a release may require of the machine is what a real engine says of it. */
import assert from 'node:assert/strict';
import { statfs } from 'node:fs/promises';
import { totalmem } from 'node:os';
import { test } from 'node:test';
import { EngineMachine } from '../../../../agent/runtime/engine/engine-machine.ts';
import { DeviceRig } from '../../../../lab/rig/device-rig.ts';

test('the platform, memory and free disk of this machine are those that its engine runs images with', async () => {
  await using rig = await DeviceRig.start();
  const folders: string[] = [];
  const freeSpace = async (folder: string) => {
    folders.push(folder);
    const { bavail, bsize } = await statfs(folder);
    return bavail * bsize;
  };
  const machine = new EngineMachine(rig.engine, freeSpace);
  await machine.learnVersion(rig.signal);
  const { platform, memory = 0, diskFree = 0, agent } = await machine.capability(rig.signal);
  assert.match(machine.version, /^\d+\.\d+/);
  assert.equal(platform, process.arch === 'arm64' ? 'linux/arm64' : 'linux/amd64');
  assert.ok(memory > 0 && memory <= totalmem(), String(memory));
  assert.ok(diskFree > 0);
  assert.match(agent ?? '', /^\d+\.\d+\.\d+/);
  assert.equal(folders.length, 1);
});
