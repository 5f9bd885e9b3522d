/** A device that is dead, and new hardware that takes its id: its app and its data come back from a store. */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { waitUntil } from '../../lab/fleet/wait-until.ts';
import { BackedUpFleet } from './backed-up-fleet.ts';

/** `ridge` copies to a disk of its own, `valley` to a server. */
const [ridge, valley] = ['ridge', 'valley'];

describe('a device that is dead comes back on new hardware, with its app and its data', () => {
  let rig: BackedUpFleet;
  /** Id of the backup that has what the app had acknowledged. */
  const kept = new Map<string, string>();
  const device = (id: string) => rig.fleet.rig.device(id);

  before(async () => {
    rig = await BackedUpFleet.start([ridge, valley]);
    const { operator } = rig.fleet.rig;
    for (const [id, place] of Object.entries({ [ridge]: rig.stick, [valley]: rig.server })) {
      await rig.enrolled(id, 'vault', place);
      const { publicKey } = JSON.parse(await rig.must('backup', 'key', id, '--json'));
      if (publicKey !== null) rig.admit(`restrict,command="internal-sftp" ${publicKey}`);
    }
    await rig.backed('vault');
    await rig.publish('With backups');
    for (const id of [ridge, valley]) {
      device(id).program.start();
      await rig.isRunning(id);
      await rig.writes(id, `${id} acknowledged`);
      operator.edit(`devices/${id}.yaml`, [['variables', 'ROW'], '2']);
    }
    await rig.publish('Another row');
    for (const id of [ridge, valley]) {
      const { backups } = await rig.said(
        id,
        `a copy of ${id}`,
        one => one.backups?.[0]?.stores?.[0] === 'vault',
      );
      kept.set(id, backups?.[0]?.id ?? '');
    }
  });
  after(() => rig?.[Symbol.asyncDispose]());

  test('its disk of backups is put into the new machine: one command at the desk, one at the device', async () => {
    assert.ok(existsSync(path.join(rig.disk, 'stick', ridge, 'config')));
    await rig.dies(device(ridge));
    const screen = await rig.replaced(device(ridge), `towline device replace ${ridge}`);
    const from = `backup ${kept.get(ridge)} \\(.* release 1\\.1\\.0, .* from vault\\)`;
    assert.match(screen, new RegExp(`hello begins with the data of ${from}`));
    assert.match(screen, /the new ridge is accepted \(\S+\), and reads secrets\/backups\/ridge\.yaml/);
    const { restore: done } = await rig.said(
      ridge,
      'ridge to have its data',
      one => one.restore?.state === 'done' && one.state === 'healthy',
    );
    assert.equal(done?.backup, kept.get(ridge));
    assert.equal(await rig.row(ridge), 'ridge acknowledged');
    await rig.pulled();
    await rig.must('validate');
    await rig.must('secret', 'check');
    // Once: what it writes from now on stays.
    await rig.writes(ridge, 'later');
    await device(ridge).program.stop();
    assert.equal(await device(ridge).pass(), 0, device(ridge).program.lastWords());
    assert.equal(await rig.row(ridge), 'later');
  });

  test('it begins empty where that is wanted, and takes its data from a server later; the backup of another device it never takes', async () => {
    await rig.dies(device(valley));
    const screen = await rig.replaced(device(valley), `towline device replace ${valley} --empty`);
    assert.match(screen, /What hello wrote does not come back\./);
    await rig.pulled();
    await rig.isRunning(valley);
    await waitUntil('the row', async () => ((await rig.worker(valley)) === '' ? undefined : true));
    assert.match(await rig.row(valley), /No such file/);
    const restore = (...words: string[]) =>
      rig.fleet.towline('backup', 'restore', valley, 'hello', ...words, '--yes');
    const other = kept.get(ridge) ?? '';
    assert.match((await restore(other)).stderr, /RESTORE_NO_BACKUP/);
    const forced = await restore(other, '--unknown');
    assert.equal(forced.code, 0, forced.stderr);
    await rig.pulled();
    const { restore: failed } = await rig.said(
      valley,
      'valley to refuse',
      one => one.restore?.backup === other && one.restore.code !== undefined,
    );
    assert.match(failed?.code ?? '', /^(?:RESTORE_NO_BACKUP|BACKUP_STORE_MISSING)$/);
    assert.notEqual(failed?.state, 'done');
    assert.match(await rig.row(valley), /No such file/);
    const { code, stdout, stderr } = await restore(kept.get(valley) ?? '');
    assert.equal(code, 0, stderr);
    assert.match(stdout, /from vault/);
    await rig.pulled();
    await rig.said(
      valley,
      'valley to have its data',
      ({ restore: done, state }) =>
        state === 'healthy' && done?.state === 'done' && done.backup === kept.get(valley),
    );
    assert.equal(await rig.row(valley), 'valley acknowledged');
  });
});
