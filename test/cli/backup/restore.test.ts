/** `towline backup restore`: a request in a device's file, refused before anything is written where it does not fit. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { parse } from 'yaml';
import { backupId } from '../../../core/backup/manifest.ts';
import { makeRepository } from '../../../lab/rig/fleet-repository.ts';
import { type PushedFleet, pushedFleet } from '../change/pushed-fleet.ts';
import { addRelease } from '../fleet.ts';
import { addKeys, report, type Telemetry } from '../status/reports.ts';

const [hourMs, nowMs] = [3_600_000, Date.now()];
const idOf = (hours: number) => backupId(nowMs - hours * hourMs, `sha256:${'1a2b3c4d'.repeat(8)}`);
const common = { cause: 'upgrade', bytes: 3 * 1024 ** 2, release: '1.0.0' } as const;
const [older, newer, aside] = [
  { id: idOf(50), ...common },
  { id: idOf(26), ...common },
  { id: idOf(1), ...common, cause: 'aside' as const },
];
const file = 'devices/berlin/pump-1.yaml';

describe('towline backup restore', () => {
  let desk: PushedFleet;
  let telemetry: Telemetry;
  before(async () => {
    desk = await pushedFleet();
    const [key] = await addKeys(desk.fleet);
    await desk.fleet.git('push', '-q', '--no-verify');
    telemetry = await makeRepository();
    const backups = [aside, newer, older];
    const hello = { app: 'hello', project: 'hello', state: 'healthy', services: [], backups } as const;
    await report(telemetry, 'pump-1', key, { projects: [{ ...hello, services: [], backups }] });
  });
  after(async () => {
    await telemetry.remove();
    await desk[Symbol.asyncDispose]();
  });
  const restore = (...words: string[]) =>
    desk.does('backup', 'restore', ...words, '--telemetry', telemetry.path);
  const requested = async () => parse(await desk.atMain(file)).restore;

  test('is refused, and nothing is written: another app, an unknown backup, a device without a word, no answer', async () => {
    const head = await desk.head();
    const refusals: [RegExp, ...string[]][] = [
      [/RESTORE_NO_APP.*did you mean hello/, 'pump-1', 'hell', newer.id, '--unknown', '--yes'],
      [/RESTORE_NO_BACKUP.*did you mean/s, 'pump-1', 'hello', `${newer.id.slice(0, -1)}0`, '--yes'],
      [/RESTORE_NO_BACKUP.*pump-2 is not heard/s, 'pump-2', 'hello', newer.id, '--yes'],
      [/CLI_USAGE.*no id of a backup/, 'pump-1', 'hello', '../../etc', '--unknown', '--yes'],
      [/CLI_USAGE.*--unknown/, 'pump-1', 'hello', 'latest', '--unknown', '--yes'],
      [/CLI_USAGE.*goes back to.*--yes/s, 'pump-1', 'hello', 'latest'],
    ];
    for (const [words, ...parameters] of refusals) {
      const { code, errors } = await restore(...parameters);
      assert.notEqual(code, 0, parameters.join(' '));
      assert.match(errors, words, parameters.join(' '));
    }
    assert.equal(await desk.head(), head);
    assert.equal(await requested(), undefined);
  });

  test('shows what it would change and what becomes of the app, then writes it, signed; comments stay', async () => {
    const head = await desk.head();
    const shown = await restore('pump-1', 'hello', 'latest', '--dry-run');
    assert.equal(shown.code, 0, shown.errors);
    assert.match(
      shown.output,
      new RegExp(`^\\+ +backup: ${newer.id}$`, 'm'),
      'what was put aside is not the latest',
    );
    assert.match(
      shown.output,
      /goes back to .* \(1d2h ago, release 1\.0\.0, 3 MiB, from device\)\.\n.*kept aside/,
    );
    assert.equal(await desk.head(), head);
    const before = await desk.atMain(file);
    const { code, output, errors } = await restore('pump-1', 'hello', 'latest', '--yes');
    assert.equal(code, 0, errors);
    assert.match(output, /^pushed [0-9a-f]{12}: pump-1 puts hello back as /);
    assert.match(output, /^Then: git pull && towline status pump-1 --wait$/m);
    assert.deepEqual(await requested(), { app: 'hello', backup: newer.id, release: '1.0.0' });
    assert.ok((await desk.atMain(file)).startsWith(before.trimEnd()), 'what stood there stays as it was');
    const again = await restore('pump-1', 'hello', newer.id, '--yes');
    assert.match(again.output, /asks for that already.*towline agent backup restore hello/);
    await desk.fleet.git('pull', '-q', '--ff-only');
    assert.equal((await desk.does('trust', 'check')).code, 0);
    assert.equal((await desk.does('validate')).code, 0);
  });

  test('a backup of another release needs --migrate; so does validate, and an old request keeps no release back', async () => {
    await addRelease(desk.fleet, '1.1.0');
    await desk.fleet.replace('groups/stable.yaml', '1.0.0', '1.1.0');
    await desk.fleet.git('add', '--all');
    await desk.fleet.git('commit', '-q', '--no-verify', '-m', '1.1.0');
    const later = await desk.does('validate');
    assert.equal(later.code, 0, later.output);
    await desk.fleet.git('push', '-q', '--no-verify');
    const refused = await restore('pump-1', 'hello', older.id, '--yes');
    assert.match(refused.errors, /RESTORE_OTHER_RELEASE.*release 1\.0\.0, and pump-1 has release 1\.1\.0/);
    assert.equal((await restore('pump-1', 'hello', older.id, '--migrate', '--yes')).code, 0);
    assert.deepEqual(await requested(), { app: 'hello', backup: older.id, release: '1.0.0', migrate: true });
    await desk.fleet.git('pull', '-q', '--ff-only');
    assert.equal((await desk.does('validate')).code, 0);

    await desk.fleet.replace(file, 'migrate: true', 'migrate: false');
    const { code, output } = await desk.does('validate', '--worktree');
    assert.equal(code, 1);
    assert.match(output, new RegExp(`^${file}:\\d+:\\d+ RESTORE_OTHER_RELEASE`, 'm'));
    await desk.fleet.replace(file, 'app: hello', 'app: shop');
    const other = await desk.does('validate', '--worktree');
    assert.match(other.output, new RegExp(`^${file}:\\d+:\\d+ RESTORE_NO_APP .*"shop"`, 'm'));
    await desk.fleet.git('checkout', '-q', file);
    const before = await desk.atMain(file);
    const two = `[{ app: hello, backup: ${older.id} }, { app: hello, backup: ${newer.id} }]`;
    await desk.fleet.write(file, `${before.split('\nrestore:')[0]}\nrestore: ${two}\n`);
    const twice = await desk.does('validate', '--worktree');
    assert.match(twice.output, new RegExp(`^${file}:\\d+:\\d+ FLEET_SCHEMA two backups of hello`, 'm'));
    await desk.fleet.git('checkout', '-q', file);
  });

  test('--unknown asks nobody; with --pr it waits for a merge', async () => {
    const head = await desk.head();
    const { code, output, errors } = await desk.does(
      ...['backup', 'restore', 'pump-2', 'hello', older.id, '--unknown', '--pr', '--yes', '--json'],
    );
    assert.equal(code, 0, errors);
    const { how, branch, backup, release } = JSON.parse(output);
    assert.deepEqual([how, backup, release], ['proposed', older.id, null]);
    assert.match(branch, /^changes\/restore-pump-2-/);
    assert.equal(await desk.head(), head);
  });
});
