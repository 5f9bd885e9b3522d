/** A device without any gateway is fed by bundles alone: the verb, the real engine, what it says of it. */
import assert from 'node:assert/strict';
import { existsSync, readdirSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { seal } from '../../../core/bundle/seal.ts';
import { collect } from '../../../core/io/https/collect.ts';
import { ensureOpenpgpKey } from '../../../core/io/openpgp-key.ts';
import { telemetryRef } from '../../../core/telemetry/telemetry-ref.ts';
import { AgentRig } from '../../../lab/rig/agent-rig.ts';
import { runAgent } from '../../../lab/rig/agent-run.ts';
import { type BundleWish, carriedBundle } from '../../../lab/rig/carried-bundle.ts';
import { eventually } from '../../../lab/rig/eventually.ts';
import { webRelease } from '../../../lab/rig/web-release.ts';
import { samplesOf } from '../../rig/every.ts';
import { images } from './some-image.ts';

/** Nothing listens there: what comes, came by the bundle. */
const nowhere = 'images.example.com:5000';
let rig: AgentRig;

before(async () => {
  rig = await AgentRig.start();
  rig.server.down = true;
});
after(async () => rig[Symbol.asyncDispose]());

const named = (image: AgentRig['images']['one'], name: string) => ({
  ...image,
  repository: `${nowhere}/${name}`,
});

/** A commit whose release has its images nowhere. @returns what a bundle of it carries */
async function release(version: string, image: AgentRig['images']['one']): Promise<BundleWish> {
  const [web, worker] = [named(image, 'web'), named(rig.images.worker, 'worker')];
  const device = (await rig.fleet.git(['show', `main:devices/${rig.device}.yaml`])).replace(
    /^apps:\n( .*\n?)*/m,
    '',
  );
  await rig.commit({
    message: `Release ${version}`,
    files: {
      ...webRelease(version, { web, worker }, {}),
      [`devices/${rig.device}.yaml`]: `${device.trimEnd()}\napps:\n  web:\n    release: "${version}"\n`,
    },
  });
  const images = [
    { image: `${web.repository}:latest`, digest: web.digest, from: image.repository },
    { image: `${worker.repository}:latest`, digest: worker.digest, from: rig.images.worker.repository },
  ];
  return { repository: rig.fleet, devices: [rig.device], images };
}

interface Said {
  readonly outcome?: string;
  readonly trusted?: string;
  readonly errors?: readonly { readonly code: string; readonly message: string }[];
  readonly projects?: readonly { readonly code?: string; readonly message?: string }[];
  readonly error?: { readonly code: string };
}

async function tell(...words: string[]): Promise<{ code: number | null; said: string; errors: string }> {
  const { code, stdout, stderr } = await runAgent([...words, '--config', rig.configFile]).ended;
  return { code, said: stdout, errors: stderr };
}

async function carry(wish: BundleWish, code: number, change = async (bytes: Buffer) => bytes): Promise<Said> {
  const file = path.join(rig.folder, 'stick.tlb');
  await writeFile(file, await change(await carriedBundle(wish)));
  const told = await tell('import', file, '--json');
  assert.equal(told.code, code, `${told.said}\n${told.errors}`);
  return JSON.parse(told.said === '' ? told.errors : told.said);
}

/** For this device alone. */
async function sealed(bytes: Buffer): Promise<Buffer> {
  const key = await ensureOpenpgpKey(path.join(rig.stateDirectory, 'keys'), rig.device);
  const whole = async function* () {
    yield bytes;
  };
  return await collect(seal(whole(), { keys: [key], date: new Date() }));
}

const running = async () => (await rig.containers()).map(({ id, state }) => `${id} ${state}`);

/** What is left of what was imported. */
function left(): string[] {
  const folder = path.join(rig.stateDirectory, 'import');
  return existsSync(folder) ? readdirSync(folder).filter(name => !name.startsWith('memory')) : [];
}

test('a bundle runs the release on a device that no gateway reaches, and is gone then', async () => {
  const wish = await release('1.0', rig.images.one);
  const said = await carry(wish, 0);
  assert.equal(said.outcome, 'applied', JSON.stringify(said));
  assert.equal(said.trusted, await rig.fleet.head());
  const states = (await rig.containers()).map(({ service, state }) => `${service} ${state}`);
  assert.deepEqual(states, ['web running', 'worker running']);
  assert.deepEqual(left(), []);
});

test('a layer that was left out and that the engine does not have: its code, its digest, and what runs goes on', async () => {
  await using registry = await images();
  const before = await running();
  const [layer = { digest: '' }] = registry.one.layers.slice(-1);
  const strange = { ...rig.images.two, digest: registry.one.digest };
  const wish = await release('1.1', strange);
  const [web, ...others] = wish.images ?? [];
  assert.ok(web !== undefined);
  const lacking = { ...wish, images: [{ ...web, from: registry.one.from }, ...others], leaveOut: 1 };
  const said = await carry(lacking, 5);
  assert.equal(said.projects?.[0]?.code, 'BUNDLE_LAYER_MISSING', JSON.stringify(said));
  assert.match(JSON.stringify(said.projects), new RegExp(layer.digest));
  assert.deepEqual(await running(), before);
  assert.equal(left().length, 2, 'it stays: another way may bring what is missing');
});

test('bytes that are others, and another fleet’s: refused by their codes, and nothing is changed', async () => {
  const before = await running();
  const flipped = async (bytes: Buffer) => {
    bytes[bytes.length - 5000] = (bytes[bytes.length - 5000] ?? 0) ^ 1;
    return bytes;
  };
  const wish = await release('1.2', rig.images.one);
  assert.equal((await carry(wish, 5, flipped)).error?.code, 'BUNDLE_DAMAGED');
  assert.equal((await carry({ ...wish, fleet: 'other' }, 5)).error?.code, 'BUNDLE_FLEET');
  assert.deepEqual(await running(), before);
});

test('an agent that runs is told: of a sealed bundle it opens what is for it, and says how it came', async () => {
  const agent = rig.run([]);
  try {
    await eventually(() => existsSync(path.join(rig.stateDirectory, 'control')));
    const wish = await release('2.0', rig.images.two);
    const said = await carry(wish, 0, sealed);
    assert.ok(['applied', 'unchanged'].includes(said.outcome ?? ''), JSON.stringify(said));
    assert.deepEqual(left(), []);
    const { said: text } = await tell('status', '--json');
    const { status } = JSON.parse(text);
    assert.equal(status.applied, await rig.fleet.head());
    const carried = status.conditions.find(({ type }: { type: string }) => type === 'Carried');
    assert.match(carried?.message ?? '', /came by a bundle of 20\d\d-/);
    const file = path.join(rig.folder, 'status.bundle');
    const exported = await tell('export-status', file);
    assert.equal(exported.code, 0, exported.errors);
    const ref = telemetryRef(rig.device);
    await rig.telemetry.git(['fetch', '-q', file, `${ref}:${ref}`]);
    assert.match((await rig.status()) ?? '', /^outcome: (applied|unchanged)$/m);
  } finally {
    agent.child.kill('SIGTERM');
    await agent.ended;
  }
});

/** What the agent says when it is there. */
const steps = ['agent started', 'commit accepted', 'image pulled', '"kind":"start-container"'];

test('killed while it walks, pulls or starts, the same import once more runs the release, and is gone', async () => {
  const file = path.join(rig.folder, 'stick.tlb');
  for (const [index, words] of samplesOf(steps).entries()) {
    const wish = await release(`3.0.${index}`, index % 2 === 0 ? rig.images.one : rig.images.two);
    await writeFile(file, await carriedBundle(wish));
    const { child, ended, log } = runAgent(['import', file, '--config', rig.configFile]);
    child.stderr.on('data', () => {
      if (log().includes(words)) child.kill('SIGKILL');
    });
    await ended;
    assert.equal(child.signalCode, 'SIGKILL', `${words}: ${log()}`);
    const said = await tell('import', file, '--json');
    assert.equal(said.code, 0, `after a kill at ${words}: ${said.said} ${said.errors}`);
    assert.equal(JSON.parse(said.said).trusted, await rig.fleet.head());
    assert.deepEqual(left(), [], words);
    assert.equal((await rig.containers()).filter(({ state }) => state === 'running').length, 2, words);
  }
});

test('an older bundle changes nothing, and is gone', async () => {
  const head = await rig.fleet.head();
  const older = await rig.fleet.git(['rev-parse', 'main~1']);
  const before = await running();
  const said = await carry({ repository: rig.fleet, devices: [rig.device], commit: older }, 0);
  assert.equal(said.trusted, head);
  assert.deepEqual(await running(), before);
  assert.deepEqual(left(), []);
});
