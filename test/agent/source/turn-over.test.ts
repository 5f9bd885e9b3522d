import assert from 'node:assert/strict';
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { defaultSourceLimits } from '../../../agent/source/limits.ts';
import { Source } from '../../../agent/source/source.ts';
import { CheckedFile } from '../../../core/io/file/checked-file.ts';
import { createSystemClock } from '../../../core/io/system-clock.ts';
import { makeRepository } from '../../../lab/rig/fleet-repository.ts';
import { startGitServer } from '../../../lab/rig/git-server.ts';
import { strideOf } from '../../rig/every.ts';
import { ForgetfulDisk } from '../apply/forgetful-disk.ts';

const never = new AbortController().signal;
const log = { info: () => {}, warn: () => {} };
const limits = { ...defaultSourceLimits, minRenewBytes: 10_000_000, maxPacks: 2 };

async function holds(source: Source, commit: string): Promise<boolean> {
  await using objects = source.objects();
  return (await objects.read(commit)) !== undefined;
}

async function bytesBelow(folder: string): Promise<number> {
  let total = 0;
  for (const name of await readdir(folder, { recursive: true })) {
    const found = await stat(path.join(folder, name));
    if (found.isFile()) total += found.size;
  }
  return total;
}

test('the power goes at any fsync of a turn-over: the trusted commit is never lost, and the next fetch heals', async () => {
  await using cleanUp = new AsyncDisposableStack();
  const repository = await makeRepository();
  cleanUp.defer(() => repository.remove());
  await repository.commit({ parents: [], files: { 'fleet.yaml': 'name: acme\n' } });
  const server = await startGitServer({ fleet: repository.path });
  cleanUp.defer(() => server.close());
  const folder = await mkdtemp(path.join(tmpdir(), 'towline-power-'));
  cleanUp.defer(() => rm(folder, { recursive: true }));
  using disk = new ForgetfulDisk(folder);
  const open = () =>
    new Source({
      folder: path.join(folder, 'store'),
      dialler: server.dialler,
      clock: createSystemClock(),
      limits,
    });
  let number = 0;
  let whole = false;
  for (let fsync = 1; !whole; fsync += strideOf(7)) {
    assert.ok(fsync < 200, 'a turn-over has an end');
    // Two packs are there; the third one makes the next generation.
    let source = open();
    let trusted = await repository.head();
    for (;;) {
      trusted = (await source.fetch(trusted, log, never)).head;
      if ((await countPacks(folder)) === limits.maxPacks) break;
      await repository.commit({ files: { 'n.txt': `${number++}\n` } });
    }
    const head = await repository.commit({ files: { 'n.txt': `${number++}\n` } });
    let off = false;
    disk.endAt(fsync, () => {
      off = true;
    });
    const by = await source.fetch(trusted, log, never).then(
      found => found.by,
      () => undefined,
    );
    whole = !off;
    if (whole) assert.equal(by, 'fresh');
    disk.cut();
    source = open();
    const known = await source.known(log);
    assert.ok(known?.head === trusted || known?.head === head, `a whole store after fsync ${fsync}`);
    assert.ok(await holds(source, trusted), `the trusted commit after fsync ${fsync}`);
    assert.equal((await source.fetch(trusted, log, never)).head, head);
    assert.ok((await holds(source, trusted)) && (await holds(source, head)));
    const generations = (await readdir(path.join(folder, 'store'))).filter(name => name.startsWith('g-'));
    assert.equal(generations.length, 1, `nothing is left over after fsync ${fsync}`);
  }
  assert.ok(disk.forgotten > 0, 'the disk has forgotten something');
});

async function countPacks(folder: string): Promise<number> {
  const names = await readdir(path.join(folder, 'store'), { recursive: true });
  return names.filter(name => name.endsWith('.pack')).length;
}

test('the power goes at any fsync of what is kept twice: the old value or the new one is there, and whole', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'towline-power-'));
  try {
    using disk = new ForgetfulDisk(folder);
    const open = () =>
      new CheckedFile(path.join(folder, 'trusted', 'commit'), json =>
        typeof json === 'number' ? json : undefined,
      );
    await open().write(0);
    let before = 0;
    let off = true;
    for (let fsync = 1; off; fsync += 1) {
      assert.ok(fsync < 50);
      const file = open();
      await file.read();
      off = false;
      disk.endAt(fsync, () => {
        off = true;
      });
      await file.write(before + 1).catch(() => undefined);
      disk.cut();
      const found = await open().read();
      assert.ok(found.kind === 'value', `fsync ${fsync}: ${found.kind}`);
      assert.ok(found.value === before || found.value === before + 1);
      if (!off) assert.equal(found.value, before + 1);
      before = found.value;
    }
  } finally {
    await rm(folder, { recursive: true });
  }
});

/** 3,000 for a soak: `TOWLINE_SOAK_FETCHES=3000 node --test test/agent/source/turn-over.test.ts`. */
const fetches = Number(process.env.TOWLINE_SOAK_FETCHES ?? 40);

test('as many fetches as there are: generations turn over, the disk is bounded, the trusted commit stays', async () => {
  await using cleanUp = new AsyncDisposableStack();
  const repository = await makeRepository();
  cleanUp.defer(() => repository.remove());
  const first = await repository.commit({ parents: [], files: { 'fleet.yaml': 'name: acme\n' } });
  const server = await startGitServer({ fleet: repository.path });
  cleanUp.defer(() => server.close());
  const folder = await mkdtemp(path.join(tmpdir(), 'towline-fetches-'));
  cleanUp.defer(() => rm(folder, { recursive: true }));
  const most = { ...limits, maxPacks: Math.max(5, Math.floor(fetches / 30)) };
  const source = new Source({ folder, dialler: server.dialler, clock: createSystemClock(), limits: most });
  let trusted = first;
  let turns = 0;
  let largest = 0;
  for (let fetch = 0; fetch < fetches; fetch += 1) {
    const head = await repository.commit({ files: { 'n.txt': `${fetch}\n` } });
    const found = await source.fetch(trusted, log, never);
    assert.equal(found.head, head);
    trusted = head;
    if (found.by === 'fresh') turns += 1;
    if (fetch % 10 === 0) largest = Math.max(largest, await bytesBelow(folder));
    server.seen.length = 0;
  }
  assert.ok(await holds(source, first));
  assert.ok(await holds(source, trusted));
  assert.ok(turns >= 5, `${turns} turns`);
  const fresh =
    Number((await repository.git(['count-objects', '-v'])).match(/^size: (\d+)/m)?.[1] ?? 0) * 1024;
  const bound = 64 * 1024 + 4096 * most.maxPacks + fresh;
  assert.ok(largest < bound, `${largest} bytes of ${bound}`);
});
