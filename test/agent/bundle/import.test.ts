/** A device without any gateway is fed by bundles alone: the verb, the real engine, what it says of it. */
import assert from 'node:assert/strict';
import { existsSync, readdirSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { AgentRig } from '../../../lab/rig/agent-rig.ts';
import { type BundleWish, carriedBundle } from '../../../lab/rig/carried-bundle.ts';
import { webRelease } from '../../../lab/rig/web-release.ts';

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
      [`devices/${rig.device}.yaml`]: `${device.trimEnd()}\napps: { web: { release: "${version}" } }\n`,
    },
  });
  const images = [
    { image: `${web.repository}:latest`, digest: web.digest, from: image.repository },
    { image: `${worker.repository}:latest`, digest: worker.digest, from: rig.images.worker.repository },
  ];
  return { repository: rig.fleet, devices: [rig.device], images };
}

async function carry(wish: BundleWish, code: number): Promise<Record<string, unknown>> {
  const file = path.join(rig.folder, 'stick.tlb');
  await writeFile(file, await carriedBundle(wish));
  return await importFile(file, code);
}

async function importFile(file: string, code: number): Promise<Record<string, unknown>> {
  const { runAgent } = await import('../../../lab/rig/agent-run.ts');
  const run = await runAgent(['import', file, '--config', rig.configFile, '--json']).ended;
  assert.equal(run.code, code, `${run.stdout}\n${run.stderr}`);
  return JSON.parse(run.stdout === '' ? run.stderr : run.stdout) as Record<string, unknown>;
}

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
  const running = (await rig.containers()).map(({ service, state }) => `${service} ${state}`);
  assert.deepEqual(running, ['web running', 'worker running']);
  assert.deepEqual(left(), []);
});
