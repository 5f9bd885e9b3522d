import assert from 'node:assert/strict';
import { cpSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { AuditEvent } from '../../../gateway/admission/audit.ts';
import { eventually } from '../../../lab/rig/eventually.ts';
import { SmallDisk } from '../../rig/small-disk.ts';
import { git } from '../rig/gateway.ts';
import { AuditRig, transitionAt } from './rig.ts';

const login = (who: string): AuditEvent => ({ action: 'login', outcome: 'allowed', who, from: '192.0.2.7' });
const people = (told: readonly { readonly person?: string }[]) => told.map(({ person }) => person);

test('what is told stands on the branch, chained and signed; fetches are not told', async () => {
  await using rig = await AuditRig.make();
  const trail = await rig.open();
  trail.write(login('alice'));
  trail.write({ action: 'git upload-pack fleet', outcome: 'allowed', who: 'alice' });
  trail.write({ action: 'git receive-pack fleet', outcome: 'allowed', who: 'alice' });
  trail.write({ action: 'reach pump-17:22', outcome: 'refused', who: 'bob', code: 'GATEWAY_TUNNEL_CLOSED' });
  await trail.took([transitionAt(1), transitionAt(2)]);
  await rig.committed(trail, 5);
  const { told, faults, head } = await rig.read();
  assert.deepEqual(faults, []);
  assert.deepEqual([head.seq, head.hash], [trail.head?.seq, trail.head?.hash]);
  assert.deepEqual(
    told.map(({ type, what }) => `${type} ${what}`),
    [
      ...['login login', 'push git receive-pack fleet', 'refusal reach pump-17:22'],
      ...['device device.failed', 'device device.failed'],
    ],
  );
  assert.deepEqual([told[2]?.device, told[2]?.person, told[4]?.device], ['pump-17', 'bob', 'pump-2']);
  assert.deepEqual(trail.state(), { audit: { seq: head.seq, hash: head.hash } });
  await trail.close();
  const shown: unknown = JSON.parse(git(['show', `${rig.tip}:head.json`], { cwd: rig.telemetryGit }));
  assert.deepEqual(Object.entries(shown ?? {}).slice(0, 2), [
    ['fleet', 'acme'],
    ['hash', head.hash],
  ]);
  assert.deepEqual(readdirSync(rig.spool), [], 'nothing waits');
});

test('what a killed gateway has left is committed by the next one, each entry once', async () => {
  await using rig = await AuditRig.make();
  const slow = { intervalMs: 3_600_000 };
  const first = await rig.open();
  first.write(login('one'));
  await rig.committed(first, 1);
  await first.close();
  const second = await rig.open(slow);
  second.write(login('two'));
  await rig.committed(second, 2);
  second.write(login('three'));
  await second.took([transitionAt(7)]);
  // As it is when the process is killed here: the third is on the disk, and in no commit.
  const killed = join(rig.folder, 'killed');
  cpSync(rig.spool, killed, { recursive: true });
  const tip = rig.tip;
  await second.close();
  for (const committedToo of [true, false]) {
    // Killed behind the commit, before the spool was emptied; and killed before the commit.
    rmSync(rig.spool, { recursive: true });
    cpSync(killed, rig.spool, { recursive: true });
    if (!committedToo) git(['update-ref', 'refs/heads/audit', tip], { cwd: rig.telemetryGit });
    const next = await rig.open();
    assert.equal(next.through, 7);
    await next.took([transitionAt(7), transitionAt(8)]);
    await next.close();
    const { told, faults } = await rig.read();
    assert.deepEqual(faults, []);
    assert.deepEqual(people(told).slice(0, 3), ['one', 'two', 'three']);
    assert.deepEqual(
      told.slice(3).map(({ transition }) => transition),
      [7, 8],
    );
  }
});

test('a line that was cut off in the spool is none, wherever it was cut', async () => {
  await using rig = await AuditRig.make();
  const trail = await rig.open({ intervalMs: 3_600_000 });
  trail.write(login('one'));
  await rig.committed(trail, 1);
  for (const who of ['two', 'three']) trail.write(login(who));
  const [name = ''] = readdirSync(rig.spool);
  const whole = readFileSync(join(rig.spool, name));
  const tip = rig.tip;
  await trail.close();
  for (let length = whole.length; length > 0; length -= 149) {
    git(['update-ref', 'refs/heads/audit', tip], { cwd: rig.telemetryGit });
    rmSync(rig.spool, { recursive: true });
    const next = await rig.open();
    await next.close();
    writeFileSync(join(rig.spool, 'spool-1.ndjson'), whole.subarray(0, length));
    const again = await rig.open();
    again.write(login('four'));
    await again.close();
    const { told, faults } = await rig.read();
    assert.deepEqual(faults, []);
    const left = whole.subarray(0, length).filter(byte => byte === 10).length;
    assert.deepEqual(people(told), ['one', ...['two', 'three'].slice(0, left), 'four'], String(length));
  }
});

test('where telemetry.git is an older one, what waits follows what is there, and that is told', async () => {
  await using rig = await AuditRig.make();
  const first = await rig.open();
  first.write(login('one'));
  await first.close();
  const old = rig.tip;
  const second = await rig.open();
  second.write(login('two'));
  await second.close();
  const known = { ...(await rig.read()).head, from: 'a sink' };
  const third = await rig.open({ intervalMs: 3_600_000 });
  third.write(login('three'));
  await rig.committed(third, 3);
  third.write(login('four'));
  const killed = join(rig.folder, 'killed');
  cpSync(rig.spool, killed, { recursive: true });
  await third.close();
  rmSync(rig.spool, { recursive: true });
  renameSync(killed, rig.spool);
  git(['update-ref', 'refs/heads/audit', old], { cwd: rig.telemetryGit });
  cpSync(rig.spool, killed, { recursive: true });
  const cut = await rig.open();
  // Killed when what waits was written anew, and the older files of it were not removed yet.
  cpSync(rig.spool, killed, { recursive: true });
  await cut.close();
  git(['update-ref', 'refs/heads/audit', old], { cwd: rig.telemetryGit });
  rmSync(rig.spool, { recursive: true });
  renameSync(killed, rig.spool);
  assert.ok(readdirSync(rig.spool).length > 1);
  const fourth = await rig.open();
  await fourth.close();
  const { told, faults } = await rig.read([known]);
  assert.deepEqual(people(told), ['one', 'four', undefined]);
  assert.equal(told.at(-1)?.what, 'audit.moved');
  assert.deepEqual(
    faults.map(({ code }) => code),
    ['AUDIT_REWRITTEN'],
    'who knows the head of before is told',
  );
  const fifth = await rig.open();
  await fifth.close();
  assert.equal((await rig.read()).entries, 3, 'and that once');
});

test('while git takes no commit nothing is lost, and what it says is shown', async () => {
  await using rig = await AuditRig.make();
  const trail = await rig.open();
  const aside = `${rig.telemetryGit}-aside`;
  renameSync(rig.telemetryGit, aside);
  trail.write(login('one'));
  await eventually(() => JSON.stringify(trail.state()).includes('"error"'));
  trail.write(login('two'));
  assert.equal(trail.metrics().find(({ name }) => name.endsWith('audit_up'))?.value, 0);
  renameSync(aside, rig.telemetryGit);
  await rig.committed(trail, 2);
  await eventually(() => trail.metrics().some(({ name, value }) => name.endsWith('audit_up') && value === 1));
  await trail.close();
  assert.deepEqual(people((await rig.read()).told), ['one', 'two']);
});

test('what a full disk does not take is counted and told, and nothing half stands there', async () => {
  await using rig = await AuditRig.make();
  using disk = new SmallDisk(rig.spool, 1);
  const trail = await rig.open({ intervalMs: 3_600_000 });
  trail.write(login('one'));
  await rig.committed(trail, 1);
  trail.write(login('two'));
  disk.fill(0);
  // The page that the second has begun takes some more.
  for (let at = 0; at < 40; at += 1) trail.write(login(`full-${at}`));
  const dropped = trail.metrics().find(({ name }) => name.endsWith('dropped_total'))?.value ?? 0;
  assert.ok(dropped > 10 && dropped < 40, String(dropped));
  await assert.rejects(() => trail.took([transitionAt(1)]), /ENOSPC/);
  disk.makeRoom();
  trail.write(login('three'));
  await trail.took([transitionAt(1)]);
  for (const name of readdirSync(rig.spool)) {
    const lines = readFileSync(join(rig.spool, name), 'utf8').split('\n');
    assert.equal(lines.pop(), '');
    for (const line of lines) assert.doesNotThrow(() => JSON.parse(line), line);
  }
  await trail.close();
  const { told, faults } = await rig.read();
  assert.deepEqual(faults, []);
  assert.deepEqual(people(told).slice(0, 2), ['one', 'two']);
  const lost = told.find(({ what }) => what === 'audit.lost');
  assert.equal(lost?.more, dropped);
  assert.equal(told.filter(({ transition }) => transition === 1).length, 1);
  assert.equal(told.filter(({ person }) => person?.startsWith('full-')).length, 40 - dropped);
});

test('an enrolment is of its device, and a push of telemetry that was refused', async () => {
  await using rig = await AuditRig.make();
  const trail = await rig.open();
  trail.write({ action: 'enrol', outcome: 'allowed', who: 'pump-2', from: '192.0.2.7' });
  trail.write({ action: 'push-telemetry', outcome: 'refused', who: 'pump-2', code: 'GATEWAY_PACK_REFUSED' });
  trail.write({ action: 'push-telemetry', outcome: 'allowed', who: 'pump-2' });
  await trail.close();
  const words = (await rig.read()).told.map(({ type, device, person }) => [type, device, person]);
  assert.deepEqual(words.slice(0, 2), [
    ['enrolment', 'pump-2', undefined],
    ['refusal', 'pump-2', undefined],
  ]);
});

test('refusals from everywhere are told up to a bound, and the rest as one', async () => {
  await using rig = await AuditRig.make();
  const trail = await rig.open();
  for (let at = 0; at < 5000; at += 1)
    trail.write({ action: 'login', outcome: 'refused', from: `2001:db8::${at.toString(16)}` });
  trail.write(login('alice'));
  await trail.close();
  const { told, faults } = await rig.read();
  assert.deepEqual(faults, []);
  assert.equal(told.length, 302);
  assert.deepEqual(people(told).filter(Boolean), ['alice']);
  assert.deepEqual([told.at(-1)?.what, told.at(-1)?.more], ['audit.folded', 4700]);
});

test('days beyond what is kept are dropped, and the log is whole from there; a clock that jumps drops a day, not all', async () => {
  await using rig = await AuditRig.make();
  rig.keepDays = 4;
  const trail = await rig.open();
  const tell = async (who: string) => {
    const before = trail.head?.seq ?? 0;
    trail.write(login(who));
    await eventually(() => (trail.head?.seq ?? 0) > before);
  };
  for (let day = 0; day < 5; day += 1) {
    await tell(`day-${day}`);
    rig.clock.aheadMs += 86_400_000;
  }
  const known = { ...(await rig.read()).head, from: 'this clone' };
  assert.equal((await rig.read()).entries, 5);
  rig.clock.aheadMs += 70 * 365 * 86_400_000;
  await tell('far ahead');
  assert.deepEqual(people((await rig.read([known])).told), ['day-1', 'day-2', 'day-3', 'day-4', 'far ahead']);
  rig.clock.aheadMs = 0;
  await tell('back again');
  const { told, faults, base, commits } = await rig.read([known]);
  await trail.close();
  assert.deepEqual(faults, []);
  assert.deepEqual([base.seq, told[0]?.seq, told.at(-1)?.person], [2, 3, 'back again']);
  assert.equal(commits, 1);
  const reopened = await rig.open();
  assert.equal(reopened.head?.seq, 7);
  await reopened.close();
});

test('a busy day has more files, none of which is larger than a piece', async () => {
  await using rig = await AuditRig.make();
  const trail = await rig.open();
  for (let at = 0; at < 2500; at += 1) trail.write(login(`person-${at}`.padEnd(200, 'x')));
  await trail.close();
  const { entries, faults } = await rig.read();
  assert.deepEqual([entries, faults], [2500, []]);
  const sizes = git(['ls-tree', '-r', '-l', rig.tip], { cwd: rig.telemetryGit }).split('\n');
  const pieces = sizes.filter(line => line.endsWith('.ndjson')).map(line => Number(line.split(/\s+/)[3]));
  assert.ok(pieces.length > 2 && pieces.every(size => size <= 256 * 1024), pieces.join());
});
