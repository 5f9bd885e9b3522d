/** A state directory on a real file system without room: what runs is kept running, and room is all it takes to go on. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { closeSync, cpSync, openSync, rmSync, statfsSync, writeSync } from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { AgentRig } from './agent-rig.ts';
import { DeviceRig, makeProject } from './apply/device-rig.ts';

/** Puts a small file system in the place of a folder, with what the folder holds. */
function mountSmall(folder: string, megabytes: number): Disposable {
  const aside = `${folder}-aside`;
  cpSync(folder, aside, { recursive: true });
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m,mode=0700`, 'tmpfs', folder]);
  cpSync(aside, folder, { recursive: true });
  rmSync(aside, { recursive: true });
  return { [Symbol.dispose]: () => execFileSync('umount', ['-l', folder]) };
}

/** @param leave bytes */
function fill(folder: string, leave: number): void {
  makeRoom(folder);
  const { bavail, bsize } = statfsSync(folder);
  const file = openSync(path.join(folder, 'filler'), 'w');
  for (let left = bavail * bsize - leave; left > 0; left -= bsize)
    writeSync(file, Buffer.alloc(Math.min(left, bsize)));
  closeSync(file);
}

function makeRoom(folder: string): void {
  rmSync(path.join(folder, 'filler'), { force: true });
}

let rig: AgentRig;
let small: Disposable;
before(async () => {
  rig = await AgentRig.start();
  small = mountSmall(rig.stateDirectory, 8);
  await rig.release('1.0', rig.images.one);
  assert.equal((await rig.once()).code, 0);
});
after(async () => {
  small[Symbol.dispose]();
  await rig[Symbol.asyncDispose]();
});

/** A pass on the full disk. */
async function pass() {
  const { code, stdout, stderr } = await rig.once();
  assert.ok(!stderr.includes('AGENT_FAILED'), stderr);
  return { code, result: JSON.parse(stdout) as { errors: { code: string }[] }, stderr };
}

test('with a full disk no new commit is fetched, the exit code and the status say why, and what runs stays', async () => {
  const running = await rig.containers();
  await rig.release('2.0', rig.images.two);
  fill(rig.stateDirectory, 0);
  const { code, result, stderr } = await pass();
  assert.equal(code, 5, stderr);
  assert.equal(result.errors[0]?.code, 'AGENT_DISK_FULL');
  assert.deepEqual(await rig.containers(), running);
  assert.match((await rig.status()) ?? '', /type: Fetched\n.*status: false\n.*reason: AGENT_DISK_FULL/);
});

test('with a full disk a container that somebody removed comes back', async () => {
  const [gone] = await rig.containers();
  await rig.engineCall('DELETE', `/containers/${gone?.id}?force=true`);
  const { stderr } = await pass();
  assert.deepEqual(
    (await rig.containers()).map(({ service, state }) => `${service} ${state}`),
    ['web running', 'worker running'],
    stderr,
  );
});

test('once there is room the new release comes', async () => {
  makeRoom(rig.stateDirectory);
  const { code } = await pass();
  assert.equal(code, 0);
  assert.ok((await rig.containers()).some(({ image }) => image.includes(rig.images.two.digest)));
});

test('with ever less room a release either comes or does not, and nothing is set aside for it', async () => {
  let version = 3;
  const ends = new Set<number | null>();
  for (const leave of [40_960, 24_576, 16_384, 12_288, 8192, 4096]) {
    makeRoom(rig.stateDirectory);
    const image = version % 2 === 0 ? rig.images.two : rig.images.one;
    await rig.release(`${version}.0`, image);
    version += 1;
    fill(rig.stateDirectory, leave);
    const { code, stderr } = await pass();
    ends.add(code);
    assert.equal((await rig.containers()).filter(({ state }) => state === 'running').length, 2, stderr);
    makeRoom(rig.stateDirectory);
    const again = await pass();
    assert.equal(again.code, 0, again.stderr);
    assert.ok(
      (await rig.containers()).some(each => each.image.includes(image.digest)),
      again.stderr,
    );
  }
  assert.ok(ends.has(0) && ends.size > 1, `the sizes cover both ends: ${[...ends]}`);
});

test('a disk that fills up in the middle of an update: it is finished, and written down when there is room', async () => {
  await using device = await DeviceRig.start();
  using _small = mountSmall(device.stateDirectory, 4);
  const image = 'towline-disk/worker:1';
  await device.images.build(image, 'worker', '1');
  const release = (level: string) =>
    makeProject(device.project, {
      services: { app: { image, environment: { LEVEL: level }, post_start: [{ command: ['/bin/true'] }] } },
      configs: {},
    });
  await device.pass([release('one')]);
  const { outcome } = await device.pass([release('two')], {
    around: async (step, run) => {
      if (step.kind === 'stop-container') fill(device.stateDirectory, 0);
      await run();
    },
  });
  assert.equal(outcome.outcome, 'applied', JSON.stringify(outcome));
  makeRoom(device.stateDirectory);
  assert.deepEqual((await device.pass([release('two')])).reasons, []);
  device.restart();
  const record = await device.store.record(device.project);
  assert.equal(record.lastGood?.digest, release('two').digest);
});
