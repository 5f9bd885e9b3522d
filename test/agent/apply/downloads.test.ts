/** A release that comes next, on the real engine with a real registry: the old one runs untouched, the switch needs no network. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { parse, stringify } from 'yaml';
import { AgentRig } from '../../../lab/rig/agent-rig.ts';
import { webRelease } from '../../../lab/rig/web-release.ts';
import type { StatusFile } from '../../../schemas/types.generated.ts';
import { status as isStatus } from '../../../schemas/validate.generated.js';

let rig: AgentRig;
before(async () => {
  rig = await AgentRig.start();
});
after(async () => {
  await rig?.[Symbol.asyncDispose]();
});

/** What the device's file assigns. */
async function assign(web: object, images: object = { jitter: '0s' }, files: Record<string, string> = {}) {
  const file = `devices/${rig.device}.yaml`;
  const before = parse(await rig.fleet.git(['show', `main:${file}`])) as object;
  const text = stringify({ ...before, images, apps: { web } });
  await rig.commit({ message: 'assign', files: { ...files, [file]: text } });
}

async function pass(): Promise<Record<string, unknown>> {
  const run = await rig.once();
  assert.equal(run.code, 0, `${run.stdout}\n${run.stderr}`);
  return JSON.parse(run.stdout) as Record<string, unknown>;
}

async function said(): Promise<StatusFile> {
  const found: unknown = parse((await rig.status()) ?? '');
  assert.ok(isStatus(found), JSON.stringify(isStatus.errors));
  return found as StatusFile;
}

const hasImage = (reference: string): Promise<boolean> =>
  rig.engineCall('GET', `/images/${reference}/json`).then(
    () => true,
    () => false,
  );
const two = () => `${rig.images.two.repository}@${rig.images.two.digest}`;

/** 2.0 is released, and nothing of it is on the device. */
async function install(): Promise<void> {
  await rig.release('1.0', rig.images.one);
  const files = webRelease('2.0', { web: rig.images.two, worker: rig.images.worker }, {});
  await assign({ release: '1.0' }, { jitter: '0s' }, files);
  assert.equal((await pass()).outcome, 'applied');
  assert.equal(await hasImage(two()), false);
}

test('next is on the disk while the old release runs untouched; the switch needs no registry', async () => {
  await install();
  const before = await rig.containers();
  await assign({ release: '1.0', next: '2.0' }, { jitter: '30d' });
  assert.equal((await pass()).outcome, 'unchanged');
  const waiting = (await said()).projects[0]?.next;
  assert.equal(waiting?.state, 'waiting');
  assert.match(waiting?.message ?? '', /^its download begins at /);
  assert.equal(await hasImage(two()), false);
  await pass();
  assert.equal(
    (await said()).projects[0]?.next?.since,
    waiting?.since,
    'a start of the agent begins nothing anew',
  );

  await assign({ release: '1.0', next: '2.0' });
  assert.deepEqual([(await pass()).outcome, await hasImage(two())], ['unchanged', true]);
  const status = await said();
  assert.deepEqual(
    [status.projects[0]?.state, status.projects[0]?.release, status.projects[0]?.next?.state],
    ['healthy', '1.0', 'there'],
  );
  assert.equal(status.conditions.find(({ type }) => type === 'Downloaded')?.status, true);
  assert.deepEqual(await rig.containers(), before);

  // Removed by a person: it comes again.
  await rig.engineCall('DELETE', `/images/${two()}`);
  await pass();
  assert.equal(await hasImage(two()), true);

  await rig.registry.pause();
  await assign({ release: '2.0' });
  assert.equal((await pass()).outcome, 'applied');
  const switched = await said();
  assert.deepEqual([switched.projects[0]?.release, switched.projects[0]?.next], ['2.0', undefined]);
  assert.ok((await rig.containers()).every(({ state }) => state === 'running'));
  await rig.registry.resume();
});

test('what cannot be had is said with its code and tried again, and what runs is healthy', async () => {
  const before = await rig.containers();
  const gone = { ...rig.images.sick, digest: `sha256:${'1'.repeat(64)}` };
  const files = webRelease('3.0', { web: gone, worker: rig.images.worker }, {});
  await assign({ release: '2.0', next: '3.0' }, { jitter: '0s' }, files);
  assert.equal((await pass()).outcome, 'unchanged');
  const status = await said();
  const { state, next } = status.projects[0] ?? {};
  assert.deepEqual([state, next?.release, next?.state], ['healthy', '3.0', 'waiting']);
  assert.match(next?.message ?? '', /^ENGINE_IMAGE_NOT_FOUND: .*; next try at /);
  const condition = status.conditions.find(({ type }) => type === 'Downloaded');
  assert.deepEqual([condition?.status, condition?.reason], [false, 'ENGINE_IMAGE_NOT_FOUND']);
  assert.equal(status.conditions.find(({ type }) => type === 'Ready')?.status, true);
  assert.deepEqual(await rig.containers(), before);
});
