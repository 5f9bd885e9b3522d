/** `towline backup list` and `show`: what devices have signed of their backups. */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { backupId } from '../../../core/backup/manifest.ts';
import { makeRepository } from '../../../lab/rig/fleet-repository.ts';
import type { StatusFile } from '../../../schemas/types.generated.ts';
import { addRelease, beginAnew, makeReleasedFleet, type TestFleet } from '../fleet.ts';
import { addKeys, report, type Telemetry } from '../status/reports.ts';
import { towline } from '../towline.ts';

type Project = StatusFile['projects'][number];

const digest = `sha256:${'1a2b3c4d'.repeat(8)}`;
const [hourMs, nowMs] = [3_600_000, Date.now()];
const older = { id: backupId(nowMs - 50 * hourMs, digest), cause: 'aside', bytes: 1024 } as const;
const newer: NonNullable<Project['backups']>[number] = {
  ...{
    id: backupId(nowMs - 26.5 * hourMs, digest),
    cause: 'upgrade',
    bytes: 3 * 1024 ** 2,
    release: '1.0.0',
  },
  ...{ tookMs: 4200, volumes: 2, stores: ['office'] },
};

describe('towline backup', () => {
  let fleet: TestFleet;
  let telemetry: Telemetry;
  let keys: readonly [string, string];
  before(async () => {
    fleet = await makeReleasedFleet();
    keys = await addKeys(fleet);
    telemetry = await makeRepository();
  });
  after(async () => {
    await telemetry.remove();
    await fleet[Symbol.asyncDispose]();
  });
  const backup = (...words: string[]) =>
    towline(['backup', ...words, '--repo', fleet.directory, '--telemetry', telemetry.path]);
  const hello = (more: Partial<Project>): Project => ({
    ...{ app: 'hello', project: 'hello', release: '1.0.0', state: 'healthy', services: [], ...more },
  });

  test('list shows what each device has signed, newest first, with age, size and where it lies', async () => {
    await report(telemetry, 'pump-1', keys[0], {
      projects: [hello({ backups: [newer, older], moreBackups: 3 })],
    });
    const { code, output, errors } = await backup('list');
    assert.equal(code, 0, errors);
    const lines = output
      .trimEnd()
      .split('\n')
      .map(line => line.trim().split(/ {2,}/));
    assert.deepEqual(lines[1], [
      'pump-1',
      'hello',
      newer.id,
      '1d2h',
      '1.0.0',
      'upgrade',
      '3 MiB',
      'device, office',
    ]);
    assert.deepEqual(lines[2], ['pump-1', 'hello', older.id, '2d2h', '-', 'aside', '1 KiB', 'device']);
    assert.equal(lines[3]?.[0], 'and 3 older, on the devices');
    const json = JSON.parse((await backup('list', 'pump-1', '--app', 'hello', '--json')).output);
    assert.deepEqual(json.backups[0].where, ['device', 'office']);
    assert.deepEqual([json.backups.length, json.more, json.troubles], [2, 3, []]);
    assert.match((await backup('list', '--app', 'other')).output, /No device says/);
  });

  test('what is not signed by the device is not listed, and is said', async () => {
    await report(telemetry, 'pump-2', keys[0], { projects: [hello({ backups: [newer] })] });
    const { code, output } = await backup('list', 'pump-2');
    assert.equal(code, 1);
    assert.match(output, /^No device says.*\npump-2: not trusted: /);
  });

  test('a backup that fails and a restore that is unsure are said with their codes', async () => {
    const backupFailing = { code: 'BACKUP_NO_SPACE', message: 'no room' };
    const restore = { backup: older.id, state: 'unsure', code: 'RESTORE_UNSURE' } as const;
    await report(telemetry, 'pump-2', keys[1], { projects: [hello({ backupFailing, restore })] });
    const { code, output } = await backup('list', 'pump-2');
    assert.equal(code, 1);
    assert.match(output, /^pump-2 hello: BACKUP_NO_SPACE: no room$/m);
    assert.match(output, new RegExp(`^pump-2 hello: RESTORE_UNSURE: restore of ${older.id}: unsure$`, 'm'));
  });

  test('show tells one backup; the latest is none that a restore has put aside', async () => {
    const aside = { ...older, id: backupId(nowMs, digest) };
    await report(telemetry, 'pump-1', keys[0], { projects: [hello({ backups: [aside, newer] })] });
    const { code, output, errors } = await backup('show', 'pump-1', 'latest');
    assert.equal(code, 0, errors);
    for (const line of [newer.id, 'hello on pump-1', 'before an upgrade', '3 MiB', '4.2 s', 'device, office'])
      assert.ok(output.includes(line), `${line} is not in ${output}`);
    assert.match((await backup('show', 'pump-1', aside.id)).output, /put aside by a restore/);
    const unknown = await backup('show', 'pump-1', `${newer.id.slice(0, -1)}0`);
    assert.notEqual(unknown.code, 0);
    assert.match(unknown.errors, /did you mean/);
  });

  test('a backup whose time has come twice since is overdue, by the schedule of the release that runs', async () => {
    const said = async (release: string) => {
      await report(telemetry, 'pump-1', keys[0], { projects: [hello({ release, backups: [newer, older] })] });
      return await backup('list', 'pump-1');
    };
    await addRelease(fleet, '1.1.0');
    const file = 'apps/hello/releases/1.1.0/app.yaml';
    const text = await readFile(path.join(fleet.directory, file), 'utf8');
    await fleet.write(file, `${text}\nbackup: { volumes: all, before: both, schedule: "0 * * * *" }\n`);
    await beginAnew(fleet);
    const { code, output, errors } = await said('1.1.0');
    assert.equal(code, 1, errors);
    assert.match(output, new RegExp(`${newer.id} +1d2h, overdue `));
    assert.match(output, new RegExp(`${older.id} +2d2h `));
    assert.match(output, /^pump-1 hello: a backup is overdue since [0-9TZ:-]+:00:00Z$/m);
    const timely = await said('1.0.0');
    assert.equal(timely.code, 0, timely.output);
    assert.doesNotMatch(timely.output, /overdue/);
  });
});
