/** A branch that cannot be read, a spool that is written anew: the gateway goes on, and nothing is lost of what it tells meanwhile. */
import assert from 'node:assert/strict';
import { cpSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { chainedLine, chainStart } from '../../../core/audit/audit-entry.ts';
import type { AuditEvent } from '../../../gateway/admission/audit.ts';
import type { AuditTrail } from '../../../gateway/audit/audit-trail.ts';
import { eventually } from '../../../lab/rig/eventually.ts';
import { placesOf } from '../../rig/every.ts';
import { SmallDisk } from '../../rig/small-disk.ts';
import { git } from '../rig/gateway.ts';
import { AuditRig, transitionAt } from './rig.ts';

const login = (who: string): AuditEvent => ({ action: 'login', outcome: 'allowed', who, from: '192.0.2.7' });
const people = (told: readonly { readonly person?: string }[]) => told.flatMap(({ person }) => person ?? []);
const metric = (trail: AuditTrail, name: string) =>
  trail.metrics().find(each => each.name.endsWith(name))?.value;

/** What somebody, or a disk, has done to the branch. */
const damages: Readonly<Record<string, (rig: AuditRig) => void>> = {
  'its newest commit is gone': rig => {
    rmSync(join(rig.telemetryGit, 'objects', rig.tip.slice(0, 2), rig.tip.slice(2)));
  },
  'its newest commit is empty': rig => {
    const file = join(rig.telemetryGit, 'objects', rig.tip.slice(0, 2), rig.tip.slice(2));
    rmSync(file);
    writeFileSync(file, '');
  },
  'somebody else has written it': rig => {
    const input = 'commit refs/heads/audit\ncommitter A <a@b> 0 +0000\ndata 1\nx\ndone\n';
    git(['fast-import', '--quiet', '--force', '--done'], { cwd: rig.telemetryGit, input });
  },
};

for (const [what, damage] of Object.entries(damages))
  test(`where ${what}, the log says so, waits, and goes on once the branch is back`, async () => {
    await using rig = await AuditRig.make();
    const first = await rig.open();
    first.write(login('one'));
    await first.took([transitionAt(1), transitionAt(2)]);
    await first.close();
    const tip = rig.tip;
    const copy = join(rig.folder, 'copy.git');
    cpSync(rig.telemetryGit, copy, { recursive: true });
    damage(rig);
    const second = await rig.open();
    assert.match(JSON.stringify(second.state()), /"error":"the branch audit of /);
    assert.deepEqual([metric(second, 'audit_up'), second.isDown], [0, true]);
    second.write(login('two'));
    // The ledger has them still.
    await second.took([transitionAt(1), transitionAt(2), transitionAt(3)]);
    assert.equal(metric(second, 'audit_waiting'), 4);
    await second.close();
    // And over a kill.
    const third = await rig.open();
    assert.equal(third.through, 3);
    third.write(login('three'));
    rmSync(rig.telemetryGit, { recursive: true });
    renameSync(copy, rig.telemetryGit);
    assert.equal(rig.tip, tip);
    await eventually(() => third.head !== undefined && !third.isDown && third.head.seq >= 7);
    third.write(login('four'));
    await third.close();
    const { told, faults } = await rig.read();
    assert.deepEqual(faults, []);
    assert.deepEqual(people(told), ['one', 'two', 'three', 'four']);
    assert.deepEqual(
      told.flatMap(({ transition }) => transition ?? []),
      [1, 2, 3],
    );
    assert.equal(told.filter(({ what: each }) => each === 'audit.moved').length, 1);
    assert.deepEqual(readdirSync(rig.spool), []);
  });

test('what waits is written anew whole or not at all: killed anywhere in between, each entry is there once', async () => {
  await using rig = await AuditRig.make();
  const first = await rig.open();
  first.write(login('one'));
  await first.close();
  const { tip } = rig;
  // Of another telemetry.git.
  let at = { ...chainStart('acme'), seq: 700 };
  const lines = ['two', 'three', 'four', 'five'].map(person => {
    const told = { type: 'login', what: 'login', state: 'allowed', person };
    const next = chainedLine(at, { time: '2026-11-29T00:00:00.000Z', ...told });
    at = next;
    return `${next.line}\n`;
  });
  const spool = (name: string, text: string) => writeFileSync(join(rig.spool, name), text);
  const begin = () => {
    git(['update-ref', 'refs/heads/audit', tip], { cwd: rig.telemetryGit });
    rmSync(rig.spool, { recursive: true });
    mkdirSync(rig.spool);
    spool('spool-1.ndjson', lines.join(''));
  };
  begin();
  const anew = await rig.open({ intervalMs: 3_600_000 });
  const [name = ''] = readdirSync(rig.spool);
  assert.notEqual(name, 'spool-1.ndjson');
  const text = readFileSync(join(rig.spool, name), 'utf8');
  await anew.close();
  const cuts = [undefined, ...placesOf(text.length).filter(place => place % 300 === 0), text.length];
  for (const cut of cuts) {
    begin();
    // As `writeDurably` leaves it: beside it until it is whole.
    if (cut === text.length) spool(name, text);
    else if (cut !== undefined) spool(`.${name}.0123456789ab.tmp`, text.slice(0, cut));
    const next = await rig.open();
    await next.close();
    const { told, faults } = await rig.read();
    assert.deepEqual(faults, []);
    assert.deepEqual(people(told), ['one', 'two', 'three', 'four', 'five'], String(cut));
    assert.deepEqual(readdirSync(rig.spool), []);
  }
});

test('where there is no room to write what waits anew, the gateway starts all the same, and does so later', async () => {
  await using rig = await AuditRig.make();
  const first = await rig.open();
  first.write(login('one'));
  await first.close();
  using disk = new SmallDisk(rig.spool, 1);
  const { line } = chainedLine(
    { ...chainStart('acme'), seq: 700 },
    {
      ...{ time: '2026-11-29T00:00:00.000Z', type: 'login', what: 'login', person: 'two' },
    },
  );
  writeFileSync(join(rig.spool, 'spool-1.ndjson'), `${line}\n`);
  disk.fill(0);
  const second = await rig.open();
  assert.match(JSON.stringify(second.state()), /ENOSPC/);
  assert.equal(second.isDown, true);
  disk.makeRoom();
  await eventually(() => !second.isDown);
  second.write(login('three'));
  await second.close();
  const { told, faults } = await rig.read();
  assert.deepEqual([people(told), faults], [['one', 'two', 'three'], []]);
  assert.deepEqual(readdirSync(rig.spool), []);
});

test('what the disk did not take is counted once, however long it takes nothing, and the log is not said to be well meanwhile', async () => {
  await using rig = await AuditRig.make();
  using disk = new SmallDisk(rig.spool, 1);
  const trail = await rig.open();
  trail.write(login('one'));
  await rig.committed(trail, 1);
  disk.fill(0);
  for (let at = 0; at < 7; at += 1) trail.write(login(`full-${at}`));
  for (let looks = 0; looks < 20; looks += 1) {
    await new Promise(resolve => setTimeout(resolve, 50));
    assert.equal(metric(trail, 'audit_up'), 0);
  }
  assert.equal(metric(trail, 'dropped_total'), 7);
  rig.clock.passedMs += 60_000;
  assert.equal(trail.isDown, true);
  disk.makeRoom();
  await eventually(() => metric(trail, 'audit_up') === 1);
  await trail.close();
  const { told } = await rig.read();
  assert.deepEqual([told.at(-1)?.what, told.at(-1)?.more], ['audit.lost', 7]);
});
