import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { presentTrees, removeTreesExcept } from '../../../agent/projects/file-trees.ts';
import { Leftovers } from '../../../agent/projects/leftovers.ts';
import { projectFolders } from '../../../agent/projects/project-folders.ts';

const nobody = 65_534;
const never = new AbortController().signal;
const hash = 'a'.repeat(64);

/** The agent is a user without rights; what a container did there, root did. */
describe('what containers have left in trees, removed by an agent that is not root', () => {
  let state: string;
  let tree: string;
  let options: { stateDirectory: string; runtimeDirectory: string };

  beforeEach(() => {
    state = mkdtempSync(path.join(tmpdir(), 'towline-leftovers-'));
    options = { stateDirectory: state, runtimeDirectory: path.join(state, 'run') };
    tree = path.join(projectFolders(options, 'web').files, hash, 'tree');
    mkdirSync(tree, { recursive: true });
    spawnSync('chown', ['-R', `${nobody}:${nobody}`, state]);
  });
  afterEach(() => {
    process.seteuid?.(0);
    spawnSync('chattr', ['-R', '-i', state]);
    for (const line of spawnSync('findmnt', ['-rno', 'TARGET']).stdout.toString().split('\n'))
      if (line.startsWith(state)) spawnSync('umount', ['-l', line]);
    spawnSync('rm', ['-rf', state]);
  });

  async function removed(): Promise<string[]> {
    process.seteuid?.(nobody);
    try {
      const leftovers = new Leftovers(options);
      await removeTreesExcept(projectFolders(options, 'web'), new Set(), leftovers);
      assert.deepEqual([...(await presentTrees(projectFolders(options, 'web')))], [], 'none counts as there');
      return (await leftovers.sweep(never)).map(
        ({ path: at, why }) => `${why} ${path.relative(state, at).replace(/\.[0-9a-f]{12}.*/, '')}`,
      );
    } finally {
      process.seteuid?.(0);
    }
  }

  const nothingIsLeft = () => assert.deepEqual(readdirSync(path.join(state, 'leftovers')), []);

  test('a folder of root that nobody else can open is a notice with its path, and goes once it can be', async () => {
    const closed = path.join(tree, 'closed');
    mkdirSync(path.join(closed, 'inner'), { recursive: true });
    chmodSync(closed, 0o700);
    writeFileSync(path.join(tree, 'other'), 'x');
    assert.deepEqual(await removed(), [`EACCES leftovers/${hash}`]);
    assert.deepEqual(await removed(), [`EACCES leftovers/${hash}`], 'each pass says so');
    spawnSync('chown', ['-R', `${nobody}`, path.join(state, 'leftovers')]);
    assert.deepEqual(await removed(), []);
    nothingIsLeft();
  });

  test('a tree thousands of folders deep is removed, whoever made it that can be', async () => {
    let at = tree;
    for (let level = 0; level < 20; level += 1) at = path.join(at, 'd'.repeat(180));
    mkdirSync(at, { recursive: true });
    // Deeper than a path can say: each time it is put below a new one.
    for (let round = 0; round < 60; round += 1) {
      const next = path.join(state, `round-${round}`);
      mkdirSync(next);
      renameSync(path.join(tree, 'd'.repeat(180)), path.join(next, 'x'.repeat(200)));
      renameSync(next, path.join(tree, 'd'.repeat(180)));
    }
    spawnSync('sh', ['-c', `cd "$1" && chown -R ${nobody} .`, 'sh', tree]);
    assert.deepEqual(await removed(), []);
    nothingIsLeft();
  });

  test('links are removed, never followed; pipes, sockets and names that are no text go as well', async () => {
    const outside = path.join(state, 'outside');
    mkdirSync(outside);
    writeFileSync(path.join(outside, 'kept'), 'x');
    symlinkSync(outside, path.join(tree, 'link'));
    symlinkSync(path.join(tree, 'loop'), path.join(tree, 'loop'));
    spawnSync('mkfifo', [path.join(tree, 'pipe')]);
    writeFileSync(Buffer.concat([Buffer.from(`${tree}/`), Buffer.from([0xff, 0xfe, 10])]), 'x');
    chownSync(tree, nobody, nobody);
    assert.deepEqual(await removed(), []);
    assert.ok(existsSync(path.join(outside, 'kept')));
    nothingIsLeft();
  });

  test('what is mounted inside stays as it is, and is said', async () => {
    const other = path.join(state, 'other');
    mkdirSync(other);
    writeFileSync(path.join(other, 'kept'), 'x');
    const point = path.join(tree, 'point');
    mkdirSync(point);
    assert.equal(spawnSync('mount', ['--bind', other, point]).status, 0);
    assert.deepEqual(await removed(), [`EBUSY leftovers/${hash}`]);
    assert.ok(existsSync(path.join(other, 'kept')));
  });

  test('a folder that a container of our own user has closed to us is opened and removed', async () => {
    const closed = path.join(tree, 'closed');
    mkdirSync(path.join(closed, 'inner'), { recursive: true });
    writeFileSync(path.join(closed, 'inner', 'file'), 'x');
    spawnSync('chown', ['-R', `${nobody}`, closed]);
    chmodSync(closed, 0);
    assert.deepEqual(await removed(), []);
    nothingIsLeft();
  });

  test('very many entries are removed over some passes, and are no notice meanwhile', async () => {
    const many = path.join(tree, 'many');
    mkdirSync(many);
    const made = spawnSync('sh', ['-c', 'cd "$1" && seq 25000 | xargs touch', 'sh', many]);
    assert.equal(made.status, 0);
    chownSync(many, nobody, nobody);
    assert.deepEqual(await removed(), []);
    assert.equal(readdirSync(path.join(state, 'leftovers')).length, 1);
    assert.deepEqual(await removed(), []);
    nothingIsLeft();
  });

  test('in memory, what somebody else has planted is neither taken for a tree nor removed', async () => {
    const { memory } = projectFolders(options, 'web');
    const victim = path.join(state, 'victim');
    mkdirSync(path.join(victim, hash), { recursive: true });
    mkdirSync(path.dirname(memory), { recursive: true });
    symlinkSync(victim, memory);
    spawnSync('chown', ['-Rh', '1234', path.join(state, 'run')]);
    assert.deepEqual(await removed(), []);
    assert.ok(existsSync(path.join(victim, hash)));
  });
});

test('an immutable file is a notice for root as well, and the others beside it go', async context => {
  const state = mkdtempSync(path.join(tmpdir(), 'towline-leftovers-'));
  context.after(() => {
    spawnSync('chattr', ['-R', '-i', state]);
    spawnSync('rm', ['-rf', state]);
  });
  const options = { stateDirectory: state, runtimeDirectory: path.join(state, 'run') };
  const { files } = projectFolders(options, 'web');
  mkdirSync(path.join(files, hash, 'tree'), { recursive: true });
  for (const name of ['fixed', 'free']) writeFileSync(path.join(files, hash, 'tree', name), 'x');
  const fixed = spawnSync('chattr', ['+i', path.join(files, hash, 'tree', 'fixed')]).status === 0;
  const leftovers = new Leftovers(options);
  await removeTreesExcept(projectFolders(options, 'web'), new Set(), leftovers);
  const left = await leftovers.sweep(never);
  const names = readdirSync(path.join(state, 'leftovers'), { recursive: true }).map(name =>
    path.basename(String(name)),
  );
  assert.ok(!names.includes('free'));
  assert.deepEqual(
    [left.map(({ why }) => why), names.includes('fixed')],
    fixed ? [['EPERM'], true] : [[], false],
  );
});
