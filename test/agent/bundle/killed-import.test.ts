/** SIGKILL at any change of the disk while a bundle is taken in and carried out; the same once more converges. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { cp, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { stringify } from 'yaml';
import { emptyTree, formatTimestamp } from '../../../core/trust/timestamp.ts';
import { carriedBundle } from '../../../lab/rig/carried-bundle.ts';
import { type FleetRepository, makeRepository } from '../../../lab/rig/fleet-repository.ts';
import { makeSshKey } from '../../../lab/rig/keys.ts';
import { strideOf } from '../../rig/every.ts';
import { bundlePrograms } from '../source/bundled-programs.ts';
import type { ImportingChild } from './importing-child.ts';
import { images } from './some-image.ts';

const nowSec = Math.floor(Date.now() / 1000);
const cleanUp = new AsyncDisposableStack();
let folder: string;
let fleet: FleetRepository;
let anchor: string;
let head: string;

/** A device that trusts the first commit, with a bundle that brings the second, a statement and an image. */
before(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'towline-killed-import-'));
  cleanUp.defer(() => rm(folder, { recursive: true, force: true }));
  const programs = ['../source/deadly-disk.ts', 'importing-child.ts'];
  await bundlePrograms(
    programs.map(name => path.join(import.meta.dirname, name)),
    path.join(folder, 'programs'),
  );
  const [alice, bot] = [await makeSshKey(), await makeSshKey()];
  cleanUp.defer(() => alice.remove());
  cleanUp.defer(() => bot.remove());
  fleet = await makeRepository();
  cleanUp.defer(() => fleet.remove());
  await using registry = await images();
  const policy = {
    ...{ apiVersion: 'towline/v1', fleet: 'acme', version: 1 },
    principals: { alice: { ssh: [alice.publicKey] }, bot: { ssh: [bot.publicKey] } },
    roles: { root: { principals: ['alice'] }, timestamp: { principals: ['bot'] } },
  };
  const files = { 'trust/policy.yaml': stringify(policy) };
  anchor = await fleet.commit({ parents: [], signer: alice, files });
  await writeFile(path.join(folder, 'first.tlb'), await carriedBundle({ repository: fleet }));
  const image = 'images.example.com/web:1.0';
  const { digest, from } = registry.one;
  const release = { apiVersion: 'towline/v1', version: '1.0', images: { web: { image, digest } } };
  head = await fleet.commit({
    signer: alice,
    files: { 'apps/web/releases/1.0/release.yaml': stringify(release) },
  });
  await fleet.store('tree', '');
  const stamp = await fleet.commit({
    ...{ tree: emptyTree, parents: [], branch: null, signer: bot, trailer: false, timeSec: nowSec },
    message: formatTimestamp({ fleet: 'acme', head, timeSec: nowSec }).trimEnd(),
  });
  await fleet.git(['update-ref', 'refs/towline/timestamp', stamp]);
  const bundle = await carriedBundle({ repository: fleet, since: anchor, images: [{ image, digest, from }] });
  await writeFile(path.join(folder, 'second.tlb'), bundle);
  const begun = await run(path.join(folder, 'state'), 'first.tlb');
  assert.equal(begun.words[0], anchor);
});
after(() => cleanUp.disposeAsync());

interface Ended {
  readonly signal: NodeJS.Signals | null;
  readonly words: readonly string[];
}

function run(stateDirectory: string, file: string, change?: number): Promise<Ended> {
  const child: ImportingChild = { stateDirectory, anchor, file: path.join(folder, file) };
  const at = (name: string) => path.join(folder, 'programs', `${name}.mjs`);
  const args = ['--import', at('source/deadly-disk'), at('bundle/importing-child'), JSON.stringify(child)];
  const env = { ...process.env, ...(change === undefined ? {} : { TOWLINE_DIE_AT: String(change) }) };
  return new Promise((resolve, reject) => {
    execFile(process.execPath, args, { env }, (error, stdout, stderr) => {
      const signal = error?.signal ?? null;
      if (error !== null && signal === null) reject(new Error(`the import ended: ${stderr}`));
      else resolve({ signal, words: stdout.trim().split(' ') });
    });
  });
}

/** @returns changes of the disk, where it was not killed */
async function importedAfter(change?: number): Promise<number> {
  const state = await mkdtemp(path.join(folder, 'copy-'));
  try {
    await cp(path.join(folder, 'state'), state, { recursive: true });
    const first = await run(state, 'second.tlb', change);
    assert.equal(first.signal, change === undefined ? null : 'SIGKILL', `change ${change}`);
    if (change !== undefined) {
      const again = await run(state, 'second.tlb');
      assert.deepEqual(again.words.slice(0, 2), [head, String(nowSec)], `after a kill at ${change}`);
    }
    const left = await readdir(path.join(state, 'import'));
    assert.deepEqual(left.sort(), ['memory', 'memory.copy'], `after a kill at ${change}`);
    return Number(first.words[2]);
  } finally {
    await rm(state, { recursive: true });
  }
}

test('killed at any change of the disk, the same import once more brings the device to the bundle, and leaves nothing', async () => {
  const changes = await importedAfter();
  assert.ok(changes > 60, `${changes} changes`);
  let next = 1;
  const work = async (): Promise<void> => {
    while (next <= changes) {
      const now = next;
      next += strideOf(25);
      await importedAfter(now);
    }
  };
  await Promise.all([work(), work()]);
});
