import assert from 'node:assert/strict';
import { readdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { git, runGit } from '../rig/gateway.ts';
import { ForgeRig } from './rig.ts';

test('main follows the forge, and only when there is something', async () => {
  await using rig = new ForgeRig();
  const service = await rig.open();
  assert.equal((await rig.look(service)).trouble, undefined);
  assert.equal(rig.moved, 0);
  rig.commit('second');
  const third = rig.commit('third');
  assert.equal((await rig.look(service)).trouble, undefined);
  assert.equal(rig.head(), third);
  assert.equal(rig.moved, 1);
  assert.deepEqual(readdirSync(join(rig.folder, 'state', 'upstream')), []);
  assert.equal(git(['for-each-ref', '--format=%(refname)'], { cwd: rig.fleetGit }), 'refs/heads/main');
  assert.equal(runGit(['fsck', '--strict', '--full'], { cwd: rig.fleetGit }).status, 0);
});

test('another branch can be followed, and a branch that is not there is a condition', async () => {
  await using rig = new ForgeRig();
  const released = rig.commit('released', { branch: 'release/1', parent: rig.anchor });
  await rig.look(await rig.open({ branch: 'release/1' }));
  assert.equal(rig.head(), released);
  const state = await rig.look(await rig.open({ branch: 'gone' }));
  assert.equal(state.trouble?.code, 'GATEWAY_UPSTREAM_UNREACHABLE');
  assert.equal(rig.head(), released);
});

test('a forge that is down leaves main as it is, and is followed when it is back', async () => {
  await using rig = new ForgeRig();
  const service = await rig.open();
  const second = rig.commit('second');
  renameSync(rig.forge, `${rig.forge}.away`);
  const down = await rig.look(service);
  assert.equal(down.trouble?.code, 'GATEWAY_UPSTREAM_UNREACHABLE');
  assert.equal(rig.head(), rig.anchor);
  renameSync(`${rig.forge}.away`, rig.forge);
  assert.equal((await rig.look(service)).trouble, undefined);
  assert.equal(rig.head(), second);
});

test('a forge that rewinds is not followed: an audit line, once; going forward again is', async () => {
  await using rig = new ForgeRig();
  const service = await rig.open();
  const second = rig.commit('second');
  await rig.look(service);
  git(['update-ref', 'refs/heads/main', rig.anchor], { cwd: rig.forge });
  for (let time = 0; time < 3; time += 1) {
    const { trouble } = await rig.look(service);
    assert.equal(trouble?.code, 'GATEWAY_UPSTREAM_REWOUND');
    assert.equal(trouble?.commit, rig.anchor);
  }
  assert.equal(rig.head(), second);
  assert.equal(rig.audited.filter(({ code }) => code === 'GATEWAY_UPSTREAM_REWOUND').length, 1);
  assert.equal(service.mirror.state.refusals, 1);
  const third = rig.commit('third', { parent: second });
  assert.equal((await rig.look(service)).trouble, undefined);
  assert.equal(rig.head(), third);
});

test('a rewritten or unrelated history is not taken, and nothing of it stays', async () => {
  await using rig = new ForgeRig();
  const service = await rig.open();
  const second = rig.commit('second');
  await rig.look(service);
  const rewritten = rig.commit('rewritten', { parent: rig.anchor });
  assert.equal((await rig.look(service)).trouble?.code, 'GATEWAY_UPSTREAM_REWOUND');
  git(['update-ref', '-d', 'refs/heads/main'], { cwd: rig.forge });
  const unrelated = rig.commit('unrelated');
  const state = await rig.look(service);
  assert.equal(state.trouble?.code, 'GATEWAY_UPSTREAM_REWOUND');
  assert.equal(state.trouble?.commit, unrelated);
  assert.equal(rig.head(), second);
  for (const id of [rewritten, unrelated]) {
    assert.notEqual(runGit(['cat-file', '-e', id], { cwd: rig.fleetGit }).status, 0);
  }
});

test('objects that are not well formed are refused in quarantine', async () => {
  await using rig = new ForgeRig();
  const service = await rig.open();
  const tree = git(['mktree'], { cwd: rig.forge, input: '' });
  // Two entries of one name: fsck calls it duplicateEntries.
  const blob = git(['hash-object', '-w', '--stdin'], { cwd: rig.forge, input: 'x' });
  const entry = Buffer.concat([Buffer.from('100644 .git\0'), Buffer.from(blob, 'hex')]);
  writeFileSync(join(rig.folder, 'tree'), entry);
  const bad = git(['hash-object', '-w', '-t', 'tree', '--literally', join(rig.folder, 'tree')], {
    cwd: rig.forge,
  });
  assert.notEqual(bad, tree);
  const commit = git(['commit-tree', bad, '-p', rig.anchor, '-m', 'bad'], { cwd: rig.forge });
  git(['update-ref', 'refs/heads/main', commit], { cwd: rig.forge });
  const state = await rig.look(service);
  assert.equal(state.trouble?.code, 'GATEWAY_UPSTREAM_GARBAGE', state.trouble?.message);
  assert.equal(rig.head(), rig.anchor);
  assert.notEqual(runGit(['cat-file', '-e', commit], { cwd: rig.fleetGit }).status, 0);
  assert.equal(rig.audited.at(-1)?.code, 'GATEWAY_UPSTREAM_GARBAGE');
});

test('a tag, or an object that is missing, in the place of the branch changes nothing', async () => {
  await using rig = new ForgeRig();
  const service = await rig.open();
  const second = rig.commit('second');
  git(['tag', '-a', '-m', 'x', 'v1', second], { cwd: rig.forge });
  const tag = git(['rev-parse', 'v1'], { cwd: rig.forge });
  for (const id of [tag, 'ab'.repeat(20)]) {
    writeFileSync(join(rig.forge, 'refs/heads/main'), `${id}\n`);
    assert.notEqual((await rig.look(service)).trouble, undefined);
    assert.equal(rig.head(), rig.anchor);
  }
});

test('a fetch over the limit is cut off', async () => {
  await using rig = new ForgeRig();
  const service = await rig.open({ maxBytes: '64KiB' });
  const { randomBytes } = await import('node:crypto');
  rig.commit(randomBytes(400_000).toString('base64'));
  const state = await rig.look(service);
  assert.equal(state.trouble?.code, 'GATEWAY_UPSTREAM_GARBAGE');
  assert.match(state.trouble?.message ?? '', /over 65536 bytes/);
  assert.equal(rig.head(), rig.anchor);
});

test('what fleet.git has and the forge has not is left as it is', async () => {
  await using rig = new ForgeRig();
  const service = await rig.open();
  const ahead = rig.commit('only here', { repository: rig.fleetGit });
  assert.equal((await rig.look(service)).trouble?.code, 'GATEWAY_UPSTREAM_REWOUND');
  assert.equal(rig.head(), ahead);
});

test('the audit log goes back where it is to, also where it begins anew, and a forge that refuses it still has fleet-status', async () => {
  await using rig = new ForgeRig();
  const service = await rig.open({ pushStatus: true, pushAudit: true });
  const first = rig.commit('audit', { repository: rig.telemetryGit, branch: 'audit' });
  assert.equal((await rig.look(service)).pushTrouble, undefined);
  assert.equal(rig.head(rig.forge, 'refs/heads/audit'), first);
  git(['update-ref', '-d', 'refs/heads/audit'], { cwd: rig.telemetryGit });
  const anew = rig.commit('anew', { repository: rig.telemetryGit, branch: 'audit' });
  await rig.look(service);
  assert.equal(rig.head(rig.forge, 'refs/heads/audit'), anew);
  git(['config', 'receive.denyNonFastForwards', 'true'], { cwd: rig.forge });
  git(['update-ref', '-d', 'refs/heads/audit'], { cwd: rig.telemetryGit });
  rig.commit('again', { repository: rig.telemetryGit, branch: 'audit' });
  const status = rig.commit('status', { repository: rig.telemetryGit, branch: 'fleet-status' });
  assert.equal((await rig.look(service)).pushTrouble?.code, 'GATEWAY_UPSTREAM_PUSH_FAILED');
  assert.equal(rig.head(rig.forge, 'refs/heads/fleet-status'), status);
  assert.equal(rig.head(rig.forge, 'refs/heads/audit'), anew);
});

test('fleet-status and the timestamp go back; a forge that does not take them is followed all the same', async () => {
  await using rig = new ForgeRig();
  const service = await rig.open({ pushStatus: true });
  const status = rig.commit('status', { repository: rig.telemetryGit, branch: 'fleet-status' });
  const stamp = rig.commit('timestamp', { repository: rig.fleetGit, branch: 'x' });
  git(['update-ref', 'refs/towline/timestamp', stamp], { cwd: rig.fleetGit });
  assert.equal((await rig.look(service)).pushTrouble, undefined);
  assert.equal(rig.head(rig.forge, 'refs/heads/fleet-status'), status);
  assert.equal(rig.head(rig.forge, 'refs/towline/timestamp'), stamp);

  // A root commit anew, as fleet-status has it now and then.
  git(['update-ref', '-d', 'refs/heads/fleet-status'], { cwd: rig.telemetryGit });
  const anew = rig.commit('anew', { repository: rig.telemetryGit, branch: 'fleet-status' });
  await rig.look(service);
  assert.equal(rig.head(rig.forge, 'refs/heads/fleet-status'), anew);

  git(['config', 'receive.denyDeletes', 'true'], { cwd: rig.forge });
  git(['config', 'receive.maxInputSize', '10'], { cwd: rig.forge });
  rig.commit('more', { repository: rig.telemetryGit, branch: 'fleet-status' });
  const second = rig.commit('second');
  const state = await rig.look(service);
  assert.equal(state.trouble, undefined);
  assert.equal(state.pushTrouble?.code, 'GATEWAY_UPSTREAM_PUSH_FAILED');
  assert.equal(rig.head(), second);
});
