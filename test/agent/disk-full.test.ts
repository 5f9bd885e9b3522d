/** A state directory on a real file system without room: what runs is kept running, and room is all it takes to go on. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { AgentRig } from '../../lab/rig/agent-rig.ts';
import { makeProject } from '../../lab/rig/desired.ts';
import { DeviceRig } from '../../lab/rig/device-rig.ts';
import { SmallDisk } from '../rig/small-disk.ts';

let rig: AgentRig;
let disk: SmallDisk;
before(async () => {
  rig = await AgentRig.start();
  disk = new SmallDisk(rig.stateDirectory, 8);
  await rig.release('1.0', rig.images.one);
  assert.equal((await rig.once()).code, 0);
});
after(async () => {
  disk[Symbol.dispose]();
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
  disk.fill(0);
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
  disk.makeRoom();
  const { code } = await pass();
  assert.equal(code, 0);
  assert.ok((await rig.containers()).some(({ image }) => image.includes(rig.images.two.digest)));
});

test('with ever less room a release either comes or does not, and nothing is set aside for it', async () => {
  let version = 3;
  const ends = new Set<number | null>();
  for (const leave of [40_960, 24_576, 16_384, 12_288, 8192, 4096]) {
    disk.makeRoom();
    const image = version % 2 === 0 ? rig.images.two : rig.images.one;
    await rig.release(`${version}.0`, image);
    version += 1;
    disk.fill(leave);
    const { code, stderr } = await pass();
    ends.add(code);
    assert.equal((await rig.containers()).filter(({ state }) => state === 'running').length, 2, stderr);
    disk.makeRoom();
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
  using small = new SmallDisk(device.stateDirectory, 4);
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
      if (step.kind === 'stop-container') small.fill(0);
      await run();
    },
  });
  assert.equal(outcome.outcome, 'applied', JSON.stringify(outcome));
  small.makeRoom();
  assert.deepEqual((await device.pass([release('two')])).reasons, []);
  device.restart();
  const record = await device.store.record(device.project);
  assert.equal(record.lastGood?.digest, release('two').digest);
});
