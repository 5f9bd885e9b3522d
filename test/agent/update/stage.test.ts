/** A version that is brought: whole under its name, or not there at all, whatever comes in between. */
import assert from 'node:assert/strict';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { readSlotFile } from '../../../agent/update/slot-file.ts';
import { isWhole, stage } from '../../../agent/update/stage.ts';
import { SmallDisk } from '../../rig/small-disk.ts';
import { never, VersionFiles } from './version-files.ts';

const names = (folder: string) => readdirSync(folder).sort();

test('its parts lie side by side, with the hash of each file, and nothing else is left', async () => {
  await using files = await VersionFiles.start();
  const wanted = files.version('2.0.0');
  const slot = await stage(wanted, files.options(), never);
  assert.equal(slot, `2.0.0-${wanted.digest.slice(7, 19)}`);
  assert.deepEqual(names(files.slots.folder), [slot]);
  const folder = files.slots.folderOf(slot);
  assert.deepEqual(names(folder), ['LICENSE.node', 'agent.js', 'doc', 'node', 'slot.json']);
  assert.equal(statSync(path.join(folder, 'node')).mode & 0o100, 0o100);
  assert.ok(await isWhole(folder, wanted.digest, never));
  assert.equal(files.fetched.length, 2);
  assert.equal(await stage(wanted, files.options(), never), slot);
  assert.equal(files.fetched.length, 2, 'what is whole is not fetched again');
});

test('a slot that was damaged since is brought anew', async () => {
  await using files = await VersionFiles.start();
  const wanted = files.version('2.0.0');
  const folder = files.slots.folderOf(await stage(wanted, files.options(), never));
  writeFileSync(path.join(folder, 'agent.js'), 'rum();\n');
  assert.ok(!(await isWhole(folder, wanted.digest, never)));
  await stage(wanted, files.options(), never);
  assert.ok(await isWhole(folder, wanted.digest, never));
});

test('a connection that is cut goes on where it was, and so does an agent that was killed', async () => {
  await using files = await VersionFiles.start();
  const noise = Buffer.alloc(300_000, 0).map((_, index) => (index * 7919 + (index >> 8)) % 251);
  const part = files.part('agent', { 'agent.js': noise });
  const wanted = files.version('2.0.0', [part]);
  const half = Math.floor(part.bytes / 2);
  let cuts = 0;
  files.server.tamper = (_url, body) => (cuts++ === 0 ? { cutAt: half, body } : body);
  await stage(wanted, files.options(), never);
  const sent = files.server.seen.map(({ status, body }) => [status, body.length]);
  assert.deepEqual(sent[0], [200, part.bytes]);
  const [, second] = sent;
  assert.equal(second?.[0], 206);
  assert.ok(Number(second?.[1]) < part.bytes, `${sent}`);

  await using again = await VersionFiles.start();
  const other = again.part('agent', { 'agent.js': noise });
  const bytes = again.server.files.get(`/agents/sha256/${other.sha256}`) ?? Buffer.alloc(0);
  mkdirSync(path.join(again.slots.folder, '.parts'), { recursive: true });
  writeFileSync(path.join(again.slots.folder, '.parts', other.sha256), bytes.subarray(0, half));
  await stage(again.version('2.0.0', [other]), again.options(), never);
  assert.deepEqual(
    again.server.seen.map(({ status, body }) => [status, body.length]),
    [[206, other.bytes - half]],
  );
});

test('bytes that are not those of the hash are thrown away, however they came', async () => {
  await using files = await VersionFiles.start();
  const wanted = files.version('2.0.0');
  files.server.tamper = (_url, body) => Buffer.alloc(body.length, 1);
  await assert.rejects(stage(wanted, files.options(), never), { code: 'AGENT_UPDATE_BYTES' });
  files.server.tamper = undefined;
  const wrong = path.join(files.folder, 'wrong');
  writeFileSync(wrong, 'nothing of the kind');
  const carried = files.options({ carried: () => wrong });
  await assert.rejects(stage(wanted, carried, never), { code: 'AGENT_UPDATE_BYTES' });
  assert.deepEqual(names(files.slots.folder), ['.parts']);
  assert.deepEqual(names(path.join(files.slots.folder, '.parts')), []);
  await stage(wanted, files.options(), never);
});

test('a gateway that has not got it, or says something else, is told apart', async () => {
  await using files = await VersionFiles.start();
  const wanted = files.version('2.0.0');
  files.server.files.clear();
  await assert.rejects(stage(wanted, files.options(), never), {
    code: 'AGENT_UPDATE_MISSING',
    message: 'the gateway has not got the part node',
  });
});

test('what a stick has brought is taken from there, and no gateway is asked', async () => {
  await using files = await VersionFiles.start();
  await stage(files.version('2.0.0'), files.options({ carried: sha256 => files.carried(sha256) }), never);
  assert.deepEqual(files.fetched, []);
});

test('a part that another version has is linked, and fetched where that one is damaged', async () => {
  await using files = await VersionFiles.start();
  const node = files.part('node', { node: '#!/bin/sh\n' });
  const one = files.version('1.0.0', [node, files.part('agent', { 'agent.js': 'one();' })]);
  const two = files.version('2.0.0', [node, files.part('agent', { 'agent.js': 'two();' })]);
  const three = files.version('3.0.0', [node, files.part('agent', { 'agent.js': 'three();' })]);
  const others = [files.slots.folderOf(await stage(one, files.options(), never))];
  const second = files.slots.folderOf(await stage(two, { ...files.options(), others }, never));
  assert.equal(files.fetched.length, 3);
  const inode = (folder: string) => statSync(path.join(folder, 'node')).ino;
  assert.equal(inode(second), inode(others[0] ?? ''));
  assert.deepEqual((await readSlotFile(second))?.parts[node.sha256], ['node']);
  writeFileSync(path.join(second, 'node'), '#!/bin/s');
  const third = files.slots.folderOf(await stage(three, { ...files.options(), others: [second] }, never));
  assert.equal(files.fetched.length, 5);
  assert.equal(readFileSync(path.join(third, 'node'), 'utf8'), '#!/bin/sh\n');
  assert.ok(await isWhole(third, three.digest, never));
});

test('parts that are none, or make no agent, leave nothing behind', async () => {
  await using files = await VersionFiles.start();
  const node = files.part('node', { node: '' });
  const bad = [
    [files.bytes('agent', Buffer.from('no archive'))],
    [files.part('agent', { 'other.js': '' })],
    [files.part('agent', { 'agent.js': '' }), files.part('node', { 'agent.js': 'mine();' })],
    [files.part('agent', { 'agent.js': '', node: 'mine' }), node],
    [files.part('agent', { 'agent.js': '', 'slot.json': '{}' })],
  ];
  for (const parts of bad) {
    const wanted = files.version('2.0.0', parts);
    await assert.rejects(stage(wanted, files.options(), never), { code: 'AGENT_UPDATE_PART' });
    assert.deepEqual(
      names(files.slots.folder).filter(name => name !== '.parts'),
      [],
    );
  }
});

test('a disk without room is told before anything is fetched, and one that is full in between leaves no half slot', async () => {
  await using files = await VersionFiles.start();
  mkdirSync(files.slots.folder, { recursive: true });
  using disk = new SmallDisk(files.slots.folder, 80);
  disk.fill(1024 * 1024);
  const wanted = files.version('2.0.0');
  await assert.rejects(stage(wanted, files.options(), never), { code: 'AGENT_DISK_FULL' });
  assert.deepEqual(files.fetched, []);
  disk.makeRoom();
  const large = files.part('agent', { 'agent.js': Buffer.alloc(90 * 1024 * 1024) });
  await assert.rejects(stage(files.version('3.0.0', [large]), files.options(), never), { code: 'ENOSPC' });
  assert.ok(!names(files.slots.folder).some(name => name.includes('3.0.0')));
  const slot = await stage(wanted, files.options(), never);
  assert.ok(existsSync(files.slots.folderOf(slot)));
});

test('what has to be copied from a package needs room, too', async () => {
  await using files = await VersionFiles.start();
  mkdirSync(files.slots.folder, { recursive: true });
  const node = files.part('node', { node: Buffer.alloc(40 * 1024 * 1024) });
  const others = [
    files.slots.folderOf(
      await stage(
        files.version('1.0.0', [node, files.part('agent', { 'agent.js': '1' })]),
        files.options(),
        never,
      ),
    ),
  ];
  const wanted = files.version('2.0.0', [node, files.part('agent', { 'agent.js': '2' })]);
  for (const name of readdirSync(others[0] ?? ''))
    copyFileSync(path.join(others[0] ?? '', name), path.join(files.package, name));
  rmSync(others[0] ?? '', { recursive: true });
  using _disk = new SmallDisk(files.slots.folder, 90);
  await assert.rejects(stage(wanted, { ...files.options(), others: [files.package] }, never), {
    code: 'AGENT_DISK_FULL',
  });
});

test('parts that were begun of versions that nobody wants any more make room', async () => {
  await using files = await VersionFiles.start();
  const parts = path.join(files.slots.folder, '.parts');
  mkdirSync(parts, { recursive: true });
  writeFileSync(path.join(parts, 'f'.repeat(64)), 'of another version');
  const wanted = files.version('2.0.0');
  files.server.files.clear();
  await assert.rejects(stage(wanted, files.options(), never), { code: 'AGENT_UPDATE_MISSING' });
  assert.ok(!names(parts).includes('f'.repeat(64)), `${names(parts)}`);
});

test('one that is not wanted any more is cut at once, and leaves no half slot', async () => {
  await using files = await VersionFiles.start();
  const cut = new AbortController();
  const reason = new Error('another one is wanted');
  const { dialler } = files.options().sources;
  // Its bytes are on their way.
  const request: typeof dialler.request = async (...asked) => {
    const answer = await dialler.request(...asked);
    cut.abort(reason);
    return answer;
  };
  const options = files.options({ dialler: { request } });
  await assert.rejects(stage(files.version('2.0.0'), options, cut.signal), reason);
  assert.deepEqual(names(files.slots.folder), ['.parts']);
});
