/** What becomes of the commits of a bundle on a device: real git, the very source, walk and store; no engine. */
import assert from 'node:assert/strict';
import { existsSync, readdirSync } from 'node:fs';
import { chown, mkdir, mkdtemp, readdir, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, afterEach, before, beforeEach, test } from 'node:test';
import { stringify } from 'yaml';
import { takeIn } from '../../../agent/bundle/take-in.ts';
import { lockState } from '../../../agent/program/state-lock.ts';
import { openBundle } from '../../../core/bundle/open-bundle.ts';
import { emptyTree, formatTimestamp } from '../../../core/trust/timestamp.ts';
import { type BundleWish, carriedBundle } from '../../../lab/rig/carried-bundle.ts';
import { type FleetRepository, makeRepository } from '../../../lab/rig/fleet-repository.ts';
import { type GitServer, startGitServer } from '../../../lab/rig/git-server.ts';
import { makeSshKey, type SshKey } from '../../../lab/rig/keys.ts';
import { SmallDisk } from '../../rig/small-disk.ts';
import { FedDevice } from './fed-device.ts';

const never = new AbortController().signal;
const log = { debug() {}, info() {}, warn() {}, error() {} };
const nowSec = Math.floor(Date.now() / 1000);

let alice: SshKey;
let bot: SshKey;
let fleet: FleetRepository;
let server: GitServer;
let anchor: string;
let state: string;

before(async () => {
  [alice, bot] = [await makeSshKey(), await makeSshKey()];
});
after(async () => {
  await alice.remove();
  await bot.remove();
});
beforeEach(async () => {
  fleet = await makeRepository();
  server = await startGitServer({ fleet: fleet.path });
  state = await mkdtemp(path.join(tmpdir(), 'towline-carried-'));
  const policy = [
    'apiVersion: towline/v1\nfleet: acme\nversion: 1\nprincipals:',
    `  alice: { ssh: ["${alice.publicKey}"] }`,
    `  bot: { ssh: ["${bot.publicKey}"] }`,
    'roles: { root: { principals: [alice] }, timestamp: { principals: [bot] } }\n',
  ].join('\n');
  await fleet.store('tree', '');
  anchor = await commit({ 'trust/policy.yaml': policy }, []);
});
afterEach(async () => {
  await server.close();
  await fleet.remove();
  await rm(state, { recursive: true, force: true });
});

function commit(
  files: Record<string, string>,
  parents?: readonly string[],
  branch?: string,
): Promise<string> {
  const on = branch === undefined ? {} : { branch };
  return fleet.commit({ files, signer: alice, ...(parents === undefined ? {} : { parents }), ...on });
}

/** Of the bot, for main as it is. */
async function stamp(timeSec: number): Promise<string> {
  const id = await fleet.commit({
    tree: emptyTree,
    parents: [],
    branch: null,
    signer: bot,
    trailer: false,
    timeSec,
    message: formatTimestamp({ fleet: 'acme', head: await fleet.head(), timeSec }).trimEnd(),
  });
  await fleet.git(['update-ref', 'refs/towline/timestamp', id]);
  return id;
}

/** As a start of the agent finds it. */
const device = () => new FedDevice(state, anchor, server.dialler);

async function carry(wish: Partial<BundleWish> = {}): Promise<void> {
  const bytes = await carriedBundle({ repository: fleet, ...wish });
  const input = async function* () {
    yield bytes;
  };
  await using _lock = await lockState(state, 'import.lock');
  await takeIn(await openBundle(input()), { stateDirectory: state, fleet: 'acme', onProgress() {} }, never);
}

/** Folders of bundles that are there, and the file that names one. */
const left = (): string[] => {
  const folder = path.join(state, 'import');
  return existsSync(folder) ? readdirSync(folder).filter(name => !name.startsWith('memory')) : [];
};

const trustedNow = async () => await device().trusted();

test('a device that was never reached by a gateway walks to main of a bundle', async () => {
  const head = await commit({ 'a.txt': '1\n' });
  await stamp(nowSec);
  server.down = true;
  await carry();
  const fed = device();
  const { verdict, facts } = await fed.pass();
  assert.equal(verdict.trusted.commit, head);
  assert.equal(facts.byBundle?.timeSec, nowSec);
  assert.equal(facts.came?.slice(0, 4), String(new Date().getFullYear()));
  await fed.end();
  assert.deepEqual(left(), []);
});

test('it goes on from what the device has, where the bundle begins there; else it is refused by its code', async () => {
  await device().pass();
  const since = await fleet.head();
  await commit({ 'a.txt': '1\n' });
  const between = await fleet.head();
  const head = await commit({ 'a.txt': '2\n' });
  server.down = true;
  await carry({ since: between });
  const fed = device();
  await assert.rejects(fed.pass(), { code: 'AGENT_GATEWAY_UNREACHABLE' });
  assert.equal(await trustedNow(), since);
  assert.deepEqual(left(), []);
  await carry({ since });
  assert.equal((await fed.pass()).verdict.trusted.commit, head);
});

test('a newer main that a gateway has is walked to once the bundle was', async () => {
  await carry();
  const head = await commit({ 'a.txt': '1\n' });
  const fed = device();
  assert.equal((await fed.pass()).verdict.trusted.commit, anchor);
  const { verdict, facts } = await fed.pass();
  assert.equal(verdict.trusted.commit, head);
  assert.equal(facts.byBundle, undefined, 'a gateway was reached');
});

test('an older bundle changes nothing: neither main nor the timestamp nor what the device was fed by', async () => {
  await stamp(nowSec - 1000);
  const old = await carriedBundle({ repository: fleet });
  const head = await commit({ 'a.txt': '1\n' });
  const newer = await stamp(nowSec);
  await device().pass();
  server.down = true;
  const input = async function* () {
    yield old;
  };
  await takeIn(await openBundle(input()), { stateDirectory: state, fleet: 'acme', onProgress() {} }, never);
  const fed = device();
  const { verdict, facts, timestamp } = await fed.pass();
  assert.deepEqual([verdict.trusted.commit, verdict.stopped, timestamp], [head, undefined, newer]);
  assert.equal(facts.byBundle, undefined);
  assert.equal((await device().source.known(log))?.timestamp, newer);
});

test('of the same main the newer timestamp counts, whichever came last', async () => {
  const first = await stamp(nowSec - 1000);
  const old = await carriedBundle({ repository: fleet });
  await device().pass();
  const second = await stamp(nowSec - 10);
  server.down = true;
  await carry();
  const fed = await device().pass();
  assert.equal(fed.timestamp, second);
  assert.equal(fed.facts.byBundle?.timeSec, nowSec - 10);
  const input = async function* () {
    yield old;
  };
  await takeIn(await openBundle(input()), { stateDirectory: state, fleet: 'acme', onProgress() {} }, never);
  assert.equal((await device().pass()).timestamp, second);
  assert.equal((await device().source.known(log))?.timestamp, second);
  assert.notEqual(first, second);
});

test('a fork is refused by its code: what was known stays known, and what is trusted trusted', async () => {
  const head = await commit({ 'a.txt': '1\n' });
  await device().pass();
  const fork = await commit({ 'b.txt': 'another\n' }, [anchor], 'fork');
  server.down = true;
  await carry({ commit: fork });
  const { facts } = await device().pass();
  assert.equal(facts.error?.code, 'BUNDLE_FORK');
  assert.equal(await trustedNow(), head);
  assert.equal((await device().source.known(log))?.head, head);
  assert.deepEqual(left(), []);
  await assert.rejects(device().pass(), { code: 'AGENT_GATEWAY_UNREACHABLE' });
  assert.equal(existsSync(path.join(state, 'import', 'memory')), true);
});

test('what nobody has signed stops the walk, and widens no freshness', async () => {
  await device().pass();
  await fleet.commit({ files: { 'a.txt': 'not signed\n' } });
  server.down = true;
  await carry();
  const { verdict, facts } = await device().pass();
  assert.equal(verdict.stopped?.code, 'TRUST_UNSIGNED');
  assert.equal(verdict.trusted.commit, anchor);
  assert.equal(facts.byBundle, undefined);
});

test('what root takes in belongs to whom the folder of the agent belongs: it can be read, and removed', async () => {
  const owner = 4242;
  await chown(state, owner, owner);
  // Of who would like to have what is not his.
  const others = path.join(path.dirname(state), `${path.basename(state)}-of-root`);
  await writeFile(others, '');
  await mkdir(path.join(state, 'import'), { mode: 0o700 });
  await symlink(others, path.join(state, 'import', 'mine'));
  await carry();
  assert.equal((await stat(others)).uid, process.getuid?.());
  await rm(others);
  await rm(path.join(state, 'import', 'mine'));
  const folder = path.join(state, 'import');
  assert.equal((await stat(folder)).uid, owner);
  for (const name of await readdir(folder, { recursive: true })) {
    const { uid, mode } = await stat(path.join(folder, name));
    assert.ok(uid === owner || (name === 'current' && (mode & 0o044) === 0o044), name);
  }
  assert.equal((await stat(path.join(state, 'import.lock'))).uid, owner);
});

test('another fleet’s bundle is refused before anything is written', async () => {
  await assert.rejects(carry({ fleet: 'other' }), { code: 'BUNDLE_FLEET' });
  assert.equal(existsSync(path.join(state, 'import')), false);
});

test('a timestamp that nobody signed takes no place of one that somebody did', async () => {
  const real = await stamp(nowSec - 1000);
  await device().pass();
  const forged = await fleet.commit({
    ...{ tree: emptyTree, parents: [], branch: null, trailer: false, timeSec: nowSec + 1000 },
    message: formatTimestamp({ fleet: 'acme', head: anchor, timeSec: nowSec + 1000 }).trimEnd(),
  });
  await fleet.git(['update-ref', 'refs/towline/timestamp', forged]);
  server.down = true;
  await carry();
  const { timestamp, facts } = await device().pass();
  assert.equal(timestamp, real);
  assert.equal(facts.byBundle, undefined);
});

test('an image that no release at the commit pins: refused by its code, and nothing of the bundle is used', async () => {
  const { images } = await import('./some-image.ts');
  await using registry = await images();
  const releaseOf = (digest: string) => ({
    'apps/web/releases/1.0/release.yaml': stringify({
      apiVersion: 'towline/v1',
      version: '1.0',
      images: { web: { image: 'images.example.com/web:1.0', digest } },
    }),
  });
  await commit(releaseOf(registry.one.digest));
  server.down = true;
  const carried = (which: 'one' | 'two') => ({
    image: 'images.example.com/web:1.0',
    digest: registry[which].digest,
    from: registry[which].from,
  });
  await carry({ images: [carried('one'), carried('two')] });
  const fed = device();
  const { facts } = await fed.pass();
  assert.equal(facts.error?.code, 'BUNDLE_IMAGE_UNPINNED');
  assert.match(facts.error?.message ?? '', new RegExp(registry.two.digest));
  assert.equal(fed.carried.atHand.brings(registry.one.digest), false);
  assert.deepEqual(left(), []);
  await carry({ images: [carried('one')] });
  assert.equal((await fed.pass()).facts.error, undefined);
  assert.equal(fed.carried.atHand.brings(registry.one.digest), true);
});

test('while the disk is full a bundle waits and the gateway is asked; with room it is walked to', async () => {
  await device().pass();
  const head = await commit({ 'a.txt': '1\n' });
  using disk = new SmallDisk(state, 128);
  await carry();
  disk.fill(0);
  server.seen.length = 0;
  const full = device();
  await assert.rejects(full.pass());
  assert.ok(server.seen.length > 0, 'nobody asked the gateway');
  disk.makeRoom();
  server.down = true;
  const { verdict, facts } = await device().pass();
  assert.deepEqual([verdict.trusted.commit, facts.error], [head, undefined]);
});
