/** docs/guides/backup.md, typed: a store, a restore from the desk and one at the device, and hardware that is gone. */
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import type { RunResult } from '../../lab/fleet/workspace.ts';
import { BackedUpFleet } from './backed-up-fleet.ts';

const page = readFileSync(path.join(import.meta.dirname, '../../docs/guides/backup.md'), 'utf8');
/** In the order of the page, each once. */
const lines = new Set(
  [...page.matchAll(/^```sh\n(.*?)^```/gms)].flatMap(([, text = '']) => text.trim().split('\n')),
);
const id = 'pump-4';

describe('the guide of backups', () => {
  let rig: BackedUpFleet;
  /** Of the backup that has the first row. */
  let kept = '';
  const typed = new Set<string>();
  const device = () => rig.fleet.rig.device(id);
  const stick = () => path.join(rig.disk, 'media', 'shop');

  /** The line of the page that begins so, with the names that things have here. */
  const lineOf = (begins: string): string => {
    const line = [...lines].find(each => each.startsWith(begins));
    assert.ok(line !== undefined, `no line of the page begins with ${begins}`);
    typed.add(line);
    return line
      .replace(/ shop(?= |$)/g, ' hello')
      .replace('20261130T041500Z-1a2b3c4d', kept)
      .replace('/media/stick/shop', stick())
      .replace('/var/lib/docker/volumes/shop_db/_data', path.join(rig.disk, 'unpacked'))
      .replace('db.tar.zst', path.join(stick(), 'data.tar.zst'))
      .replace(/^(towline agent backup .*)$/, `$1 --config ${device().config}`);
  };
  const shell = (line: string): Promise<RunResult> =>
    rig.fleet.rig.operator.quietly('sh', ['-c', line], { timeoutMs: 400_000 });
  const must = async (begins: string): Promise<string> => {
    const { code, stdout, stderr } = await shell(lineOf(begins));
    assert.equal(code, 0, `${begins}: ${stderr}${stdout}`);
    return stdout;
  };

  before(async () => {
    rig = await BackedUpFleet.start([id]);
    await rig.enrolled(id, 'nas', rig.server);
    await rig.backed('nas');
  });
  after(() => rig?.[Symbol.asyncDispose]());

  test('a store: its key, and what the device has copied, which the desk lists, brings, compares and would prune', async () => {
    const said = await must('towline backup key');
    assert.match(said, /sealed secrets\/backups\/pump-4\.yaml for alice, device pump-4/);
    rig.admit(/^restrict,command="internal-sftp" .*$/m.exec(said)?.[0] ?? '');
    await rig.publish('A store');
    device().program.start();
    await rig.isRunning(id);
    await rig.writes(id, 'first');
    rig.fleet.rig.operator.edit(`devices/${id}.yaml`, [['variables', 'ROW'], '2']);
    await rig.publish('Another row');
    const { backups } = await rig.said(id, 'a copy', one => one.backups?.[0]?.stores?.[0] === 'nas');
    kept = backups?.[0]?.id ?? '';
    assert.match(await must('towline backup list'), new RegExp(`${id} .*hello .*${kept} .*nas`));
    assert.match(await must('towline backup show'), /^where +device, nas$/m);
    assert.match(await must('towline backup pull pump-4'), new RegExp(`^${kept} `, 'm'));
    assert.match(await must('towline backup pull pump-4 2026'), /^\S+\/data\.tar\.zst \d/m);
    assert.match(await must('towline backup verify'), new RegExp(`^whole ${kept} of `, 'm'));
    assert.match(await must('towline backup prune'), /^1 kept$/m);
  });

  test('a restore: shown, asked about, carried out', async () => {
    await rig.writes(id, 'second');
    assert.match(await must('towline backup restore pump-4 shop latest --dry-run'), /^\+ +backup: /m);
    const line = [...lines].filter(each => each.startsWith('towline backup restore'))[1] ?? '';
    typed.add(line);
    const desk = await rig.desk(line.replace(' shop ', ' hello '));
    await rig.shown(desk, /(Go on\?)/);
    desk.type('y\r');
    assert.equal(await desk.exited, 0, desk.screen);
    await must('git pull && towline status');
    await rig.said(id, 'the first row', one => one.restore?.state === 'done' && one.state === 'healthy');
    assert.equal(await rig.row(id), 'first');
  });

  test('at the device: listed, put back, exported, and unpacked by hand', async () => {
    await rig.writes(id, 'third');
    assert.match(await must('towline agent backup list'), new RegExp(kept));
    assert.match(await must('towline agent backup restore'), /^hello is healthy with backup /m);
    assert.equal(await rig.row(id), 'first');
    await must('towline agent backup export');
    mkdirSync(path.join(rig.disk, 'unpacked'));
    await must('tar --zstd');
    assert.equal(readFileSync(path.join(rig.disk, 'unpacked/row'), 'utf8'), 'first\n');
  });

  test('the hardware is gone: one line at the desk, one at the new machine, and the row is there', async () => {
    await rig.dies(device());
    const screen = await rig.replaced(device(), lineOf('towline device replace'));
    // Typed as the desk has printed it.
    typed.add('towline agent enroll --start towline1_…');
    assert.match(screen, new RegExp(`hello begins with the data of backup ${kept} `));
    await must('git pull && towline status');
    await rig.said(id, 'the data', one => one.restore?.state === 'done' && one.state === 'healthy');
    assert.equal(await rig.row(id), 'first');
    await must('towline backup list');
  });

  test('all lines of the page were typed', () => {
    assert.deepEqual([...typed].sort(), [...lines].sort());
  });
});
