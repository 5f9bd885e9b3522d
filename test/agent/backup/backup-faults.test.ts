/** What goes wrong while a volume is read: the app runs on, the code says what, nothing is left, and what `pre` began ends. */
import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { backupsOf } from '../../../agent/backup/backup-folder.ts';
import type { Engine } from '../../../agent/runtime/engine/engine.ts';
import type { BackupSettings } from '../../../core/backup/settings.ts';
import { fieldsOf } from '../../../core/json.ts';
import { label } from '../../../core/plan/container/labels.ts';
import { makeProject } from '../../../lab/rig/desired.ts';
import { sharedImages } from '../../../lab/rig/device-images.ts';
import { DeviceRig } from '../../../lab/rig/device-rig.ts';
import { keptApp } from './kept-app.ts';

const images = await sharedImages();

const release = (rig: DeviceRig, number: number, backup: Partial<BackupSettings>) =>
  keptApp({ project: rig.project, image: images.worker, release: number, backup });

const shell = (rig: DeviceRig, script: string, project = rig.project) =>
  rig.exec(`${project}-app-1`, ['/bin/sh', '-c', script]);

async function assertNothingLeft(rig: DeviceRig): Promise<void> {
  assert.deepEqual(readdirSync(path.join(rig.room.backupDirectory, rig.project)), []);
  const helpers = (await rig.containers()).filter(({ Labels }) => Labels?.[label.helper] !== undefined);
  assert.deepEqual(helpers, []);
}

/** Whose helpers never end. */
function stuckHelpers(rig: DeviceRig): Engine {
  return {
    async call(request, signal) {
      const body = fieldsOf(request.body);
      const isHelper = request.path === '/containers/create' && label.helper in fieldsOf(body.Labels);
      const changed = isHelper ? { ...request, body: { ...body, Cmd: ['/bin/sleep', '600'] } } : request;
      return await rig.engine.call(changed, signal);
    },
    stream: (request, signal) => rig.engine.stream(request, signal),
  };
}

test('a helper that does not end is ended by `timeout`; the command after the backup ends what the one before has begun', async () => {
  await using rig = await DeviceRig.start();
  const command = (script: string) => ({
    service: 'app',
    command: ['/bin/sh', '-c', script],
    timeoutMs: 60_000,
  });
  const hooks = {
    pre: command('touch /frozen; echo pre >>/said'),
    post: command('rm /frozen; echo post >>/said'),
  };
  const backup = { ...hooks, mode: 'pause', timeoutMs: 1_500 } as const;
  await rig.pass([release(rig, 1, backup)]);
  await shell(rig, 'head -c 30000000 /dev/urandom >/data/row');
  const { outcome } = await rig.pass([release(rig, 2, backup)], { engine: stuckHelpers(rig) });
  assert.equal(outcome.projects[0]?.code, 'BACKUP_TIMEOUT', JSON.stringify(outcome));
  assert.equal((await rig.inspect(`${rig.project}-app-1`)).State.Status, 'running');
  assert.equal(
    await shell(rig, 'test $RELEASE = 1 && ! test -e /frozen && test "$(cat /said)" = "pre\npost"'),
    0,
  );
  await assertNothingLeft(rig);
  rig.aheadMs += 3_600_000;
  const later = { ...backup, timeoutMs: 600_000 };
  assert.equal((await rig.pass([release(rig, 2, later)])).outcome.outcome, 'applied');
  assert.equal((await backupsOf(rig.room.backupDirectory, rig.project)).backups.length, 1);
});

test('another app that writes to the volume: with `stop` that is no backup, and said so; with `live` it is one', async () => {
  await using rig = await DeviceRig.start();
  const [other, name] = [`${rig.project}other`, `${rig.project}-shared`];
  const app = (
    project: string,
    command: string,
    number: number,
    backup: { backup?: Partial<BackupSettings> },
  ) =>
    makeProject(project, {
      services: {
        app: {
          image: images.worker,
          environment: { RELEASE: String(number) },
          stop_grace_period: '1s',
          command: ['/bin/sh', '-c', `${command}; while :; do sleep 1; done`],
          volumes: [{ type: 'volume', source: 'shared', target: '/data', volume: {} }],
        },
      },
      volumes: { shared: { name, external: true } },
      update: { stablePeriodMs: 0 },
      ...backup,
    });
  const kept = (number: number, mode: BackupSettings['mode']) =>
    app(rig.project, ':', number, { backup: { volumes: ['shared'], mode } });
  const stranger = app(other, 'while :; do echo x >>/data/large; done', 1, {});
  await rig.post('/volumes/create', {}, { Name: name, Labels: { [label.device]: rig.device } });
  const one = kept(1, 'stop');
  await rig.pass([one]);
  await shell(rig, 'head -c 60000000 /dev/urandom >/data/large');
  const both = await rig.pass([one, stranger]);
  assert.equal(both.outcome.outcome, 'applied', JSON.stringify(both.outcome));
  const stopped = await rig.pass([kept(2, 'stop'), stranger]);
  const told = stopped.outcome.projects.find(({ project }) => project === rig.project);
  assert.equal(told?.code, 'BACKUP_FAILED', JSON.stringify(stopped.outcome));
  assert.match(told?.message ?? '', /1 files changed while they were read, and nobody should write/);
  assert.ok(
    stopped.reasons.some(reason =>
      /^back-up: .*, while .*other-app-1 of others may write to it$/.test(reason),
    ),
    stopped.reasons.join('\n'),
  );
  assert.equal(await shell(rig, 'test $RELEASE = 1'), 0);
  assert.equal((await rig.inspect(`${other}-app-1`)).State.Status, 'running', 'it is not stopped for others');
  await assertNothingLeft(rig);
  rig.aheadMs += 3_600_000;
  assert.equal((await rig.pass([kept(2, 'live'), stranger])).outcome.outcome, 'applied');
  assert.equal((await backupsOf(rig.room.backupDirectory, rig.project)).backups[0]?.mode, 'live');
});
