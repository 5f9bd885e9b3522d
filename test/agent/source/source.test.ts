import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, afterEach, before, beforeEach, test } from 'node:test';
import { defaultSourceLimits, type SourceLimits } from '../../../agent/source/limits.ts';
import { Source } from '../../../agent/source/source.ts';
import { createSystemClock } from '../../../core/io/system-clock.ts';
import { type FleetRepository, makeRepository } from '../../../lab/rig/fleet-repository.ts';
import { type GitServer, startGitServer } from '../../../lab/rig/git-server.ts';

const never = new AbortController().signal;
const log = { info: () => {}, warn: () => {} };
let repository: FleetRepository;
let sha256: string;
let server: GitServer;
let folder: string;
let first: string;

before(async () => {
  sha256 = await mkdtemp(path.join(tmpdir(), 'towline-sha256-'));
  execFileSync('git', ['init', '-q', '--bare', '-b', 'main', '--object-format=sha256', sha256]);
  const tree = execFileSync('git', ['-C', sha256, 'write-tree'], { encoding: 'utf8' }).trim();
  const id = execFileSync('git', ['-C', sha256, 'commit-tree', '-m', 'one', tree], {
    encoding: 'utf8',
    env: {
      ...process.env,
      GIT_AUTHOR_NAME: 'a',
      GIT_AUTHOR_EMAIL: 'a@b',
      GIT_COMMITTER_NAME: 'a',
      GIT_COMMITTER_EMAIL: 'a@b',
    },
  }).trim();
  execFileSync('git', ['-C', sha256, 'update-ref', 'refs/heads/main', id]);
});
after(() => rm(sha256, { recursive: true }));
beforeEach(async () => {
  repository = await makeRepository();
  first = await repository.commit({
    parents: [],
    files: { 'fleet.yaml': 'name: acme\n', 'devices/a.yaml': 'a\n' },
  });
  server = await startGitServer({ fleet: repository.path, sha: sha256 });
  folder = await mkdtemp(path.join(tmpdir(), 'towline-store-'));
});
afterEach(async () => {
  await server.close();
  await repository.remove();
  await rm(folder, { recursive: true });
});

function source(limits: Partial<SourceLimits> = {}, dialler = server.dialler): Source {
  return new Source({
    folder,
    dialler,
    clock: createSystemClock(),
    limits: { ...defaultSourceLimits, minRenewBytes: 10_000_000, ...limits },
  });
}

/** All that git has for this commit is in the store; `read` holds each against its id. */
async function assertWhole(from: Source, commit: string): Promise<void> {
  const listed = await repository.git(['rev-list', '--objects', '--no-object-names', commit]);
  await assertHas(from, listed.split('\n'));
}

async function assertHas(from: Source, ids: readonly string[]): Promise<void> {
  await using objects = from.objects();
  for (const id of ids) assert.ok((await objects.read(id)) !== undefined, `${id} is there`);
}

async function packs(): Promise<string[]> {
  const current = (await readFile(path.join(folder, 'current'), 'utf8')).trim();
  const at = path.join(folder, current, 'objects', 'pack');
  return (await readdir(at)).map(name => path.join(at, name));
}

test('a poll with nothing new is one GET that is answered 304, also after a restart', async () => {
  const one = source();
  assert.equal((await one.fetch(first, log, never)).by, 'fresh');
  await assertWhole(one, first);
  server.seen.length = 0;
  assert.equal((await one.fetch(first, log, never)).by, 'not-modified');
  assert.equal((await source().fetch(first, log, never)).by, 'not-modified');
  assert.deepEqual(
    server.seen.map(({ method, status }) => `${method} ${status}`),
    ['GET 304', 'GET 304'],
  );
});

test('a later fetch says what it has and asks for no depth; only what is new comes', async () => {
  const one = source();
  await one.fetch(first, log, never);
  const second = await repository.commit({ files: { 'devices/b.yaml': 'b\n' } });
  server.seen.length = 0;
  assert.deepEqual(await one.fetch(first, log, never), { head: second, timestamp: undefined, by: 'fetched' });
  const post = server.seen.find(({ method }) => method === 'POST');
  assert.match(String(post?.requestBody), new RegExp(`have ${first}`));
  assert.doesNotMatch(String(post?.requestBody), /deepen|shallow|thin-pack/);
  await assertWhole(one, second);
});

test('the timestamp of the fleet is fetched when there is one', async () => {
  const stamp = await repository.store('blob', 'a statement');
  await repository.git(['update-ref', 'refs/towline/timestamp', stamp]);
  const one = source();
  assert.equal((await one.fetch(first, log, never)).timestamp, stamp);
  await using objects = one.objects();
  assert.equal(String(Buffer.from((await objects.read(stamp))?.bytes ?? [])), 'a statement');
});

test('an answer that ends cleanly on a packet boundary is no success', async () => {
  server.tamper = (url, body) => {
    if (!url.endsWith('/git-upload-pack')) return body;
    return Buffer.concat([Buffer.from('0008NAK\n'), Buffer.from('0005\x01'), Buffer.from('0000')]);
  };
  const one = source();
  await assert.rejects(one.fetch(first, log, never), { code: 'GIT_PACK' });
  server.tamper = undefined;
  assert.equal((await one.fetch(first, log, never)).by, 'fresh');
});

test('garbage in any file of the store means a fresh one beside it; the old one goes afterwards', async () => {
  await source().fetch(first, log, never);
  const files = ['current', 'towline.json', 'idx', 'pack'] as const;
  for (const kind of files) {
    const name = (await readFile(path.join(folder, 'current'), 'utf8')).trim();
    const target =
      kind === 'current'
        ? path.join(folder, 'current')
        : kind === 'towline.json'
          ? path.join(folder, name, kind)
          : ((await packs()).find(file => file.endsWith(`.${kind}`)) ?? '');
    await writeFile(target, 'garbage, not what was written');
    const one = source();
    const found = await one.fetch(first, log, never);
    if (found.by === 'not-modified') {
      // Nothing looked into the pack yet: the pass does, and says so.
      await using objects = one.objects();
      await assert.rejects(objects.read(first), { code: 'GIT_STORE' });
      assert.equal(one.markDamaged('an object cannot be read'), true);
      assert.equal((await one.fetch(first, log, never)).by, 'fresh');
      assert.equal(one.markDamaged('again'), false, 'not over and over');
    }
    await assertWhole(one, first);
    assert.equal((await readdir(folder)).filter(entry => entry.startsWith('g-')).length, 1);
  }
});

test('a store cut off by a power loss is found out when it is read', async () => {
  const one = source();
  await one.fetch(first, log, never);
  const pack = (await packs()).find(file => file.endsWith('.pack')) ?? '';
  await truncate(pack, 40);
  await using objects = one.objects();
  await assert.rejects(objects.read(first), { code: 'GIT_STORE' });
});

test('with too many packs the next generation takes over and the trusted commit is in it', async () => {
  const one = source({ maxPacks: 3 });
  await one.fetch(first, log, never);
  const seen: string[] = [];
  for (let count = 0; count < 8; count += 1) {
    const head = await repository.commit({ files: { 'devices/b.yaml': `b${count}\n` } });
    seen.push((await one.fetch(first, log, never)).by);
    await assertWhole(one, head);
  }
  assert.ok(seen.includes('fresh') && seen.includes('fetched'));
  assert.ok((await packs()).filter(file => file.endsWith('.pack')).length <= 3);
  assert.equal((await readdir(folder)).filter(entry => entry.startsWith('g-')).length, 1);
});

test('a store is not replaced by one that lacks the trusted commit', async () => {
  const one = source({ maxPacks: 1 });
  const second = await repository.commit({ files: { 'devices/b.yaml': 'b\n' } });
  await one.fetch(second, log, never);
  const other = await repository.commit({ parents: [first], files: { 'devices/c.yaml': 'c\n' } });
  assert.deepEqual(await one.fetch(second, log, never), { head: other, timestamp: undefined, by: 'fetched' });
  await assertWhole(one, second);
  await assertWhole(one, other);
});

test('a pack beyond the limits is refused by name', async () => {
  await assert.rejects(source({ maxObjects: 2 }).fetch(first, log, never), { code: 'GIT_PACK_TOO_LARGE' });
  await assert.rejects(source({ maxObjectBytes: 5 }).fetch(first, log, never), {
    code: 'GIT_PACK_TOO_LARGE',
  });
  await assert.rejects(source({ maxInflatedBytes: 50 }).fetch(first, log, never), {
    code: 'GIT_PACK_TOO_LARGE',
  });
  await assert.rejects(source({ maxPackBytes: 50 }).fetch(first, log, never), {
    code: 'AGENT_ANSWER_TOO_LARGE',
  });
});

test('a SHA-256 repository, no repository, and one without main are each told apart', async () => {
  const at = (name: string): Source =>
    source(
      {},
      {
        ...server.dialler,
        request: (request, signal) =>
          server.dialler.request(
            { ...request, path: request.path.replace('/fleet.git', `/${name}.git`) },
            signal,
          ),
      },
    );
  await assert.rejects(at('sha').fetch(first, log, never), { code: 'GIT_SHA256' });
  await assert.rejects(at('none').fetch(first, log, never), { code: 'AGENT_ANSWER' });
  await repository.git(['update-ref', '-d', 'refs/heads/main']);
  await assert.rejects(source().fetch(first, log, never), { code: 'GIT_NO_MAIN' });
  server.tamper = () => Buffer.from('<html>a captive portal</html>');
  await assert.rejects(source().fetch(first, log, never), { code: 'GIT_NO_REPOSITORY' });
});

test('with the gateway down what was fetched stays readable', async () => {
  await source().fetch(first, log, never);
  await server.close();
  const one = source();
  await assert.rejects(one.fetch(first, log, never));
  assert.equal((await one.known(log))?.head, first);
  await assertWhole(one, first);
});

test('large deltas, deep histories and native git agree on every object', async () => {
  let text = Array.from({ length: 400 }, (_, line) => `line ${line} of a file that changes`).join('\n');
  for (let count = 0; count < 12; count += 1) {
    text = text.replace(`line ${count * 7} `, `changed ${count} `);
    await repository.commit({ files: { 'large.txt': text, [`devices/${count}.yaml`]: `${count}\n` } });
  }
  await repository.git(['repack', '-adfq', '--depth=50', '--window=50']);
  const one = source();
  const { head } = await one.fetch(first, log, never);
  await assertWhole(one, head);
  const { gitdir } = { gitdir: path.dirname(path.dirname(path.dirname((await packs())[0] ?? ''))) };
  execFileSync('git', ['-C', gitdir, 'fsck', '--strict'], { stdio: 'pipe' });
});
