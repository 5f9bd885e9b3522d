/** Data of an app whose containers docker compose has made: kept before an update, and put back. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { backupsOf } from '../../../agent/backup/backup-folder.ts';
import type { DesiredProject } from '../../../core/desired/state.ts';
import { makeProject } from '../../../lab/rig/desired.ts';
import { adopted } from '../apply/adopted.ts';

/** `side` is never changed: it stays docker compose's. */
const files = {
  'compose.yaml': `services:
  web: {image: IMAGE_WORKER, restart: always, volumes: ["data:/data"], environment: {LEVEL: "0"}}
  side: {image: IMAGE_WORKER, restart: "on-failure:7", volumes: ["data:/data"]}
volumes: {data: {}}
`,
};

test('what an app has taken over is stopped for its backup and for a restore, and goes on as it was', async () => {
  await using made = await adopted(files);
  const { rig, project } = made;
  const { backup } = makeProject(rig.project, { services: {}, backup: { volumes: ['data'] } });
  assert.ok(backup !== undefined);
  const release = (LEVEL: string): DesiredProject => ({
    ...project.app(({ services: { web, ...rest }, ...model }) => ({
      ...model,
      services: { ...rest, web: { ...web, environment: { LEVEL } } },
    })),
    backup,
  });
  const inspect = (service: string) => rig.inspect(`${rig.project}-${service}-1`);
  const shell = async (service: string, script: string) =>
    rig.exec((await inspect(service)).Id, ['/bin/sh', '-c', script]);
  const write = (row: string) => shell('side', `echo ${row} > /data/row; sync`);
  const passed = async (state: DesiredProject) => {
    const { outcome, reasons } = await rig.pass([state]);
    assert.equal(outcome.projects[0]?.state, 'healthy', JSON.stringify(outcome));
    return reasons;
  };
  const side = await inspect('side');
  const asItWas = async (row: string) => {
    for (const service of ['web', 'side'])
      assert.equal(
        await shell(service, `read row < /data/row; [ "$row" = ${row} ]`),
        0,
        `${service}: ${row}`,
      );
    const { Id, HostConfig } = await inspect('side');
    assert.deepEqual([Id, HostConfig.RestartPolicy], [side.Id, side.HostConfig.RestartPolicy]);
    assert.equal((await inspect('web')).HostConfig.RestartPolicy?.Name, 'always');
  };
  await passed(release('0'));
  await write('one');
  const stops = (reasons: readonly string[]) => reasons.filter(reason => reason.startsWith('stop-container'));
  assert.equal(stops(await passed(release('1'))).length, 2);
  await asItWas('one');
  await write('two');
  const [{ id = '', services } = {}] = (await backupsOf(rig.room.backupDirectory, rig.project)).backups;
  assert.deepEqual(services, ['side', 'web']);
  const wanted = { ...release('1'), restore: { backup: id, migrate: false } };
  assert.equal(stops(await passed(wanted)).length, 2);
  await asItWas('one');
  rig.restart();
  await passed(wanted);
  assert.deepEqual((await rig.plan([wanted])).steps, []);
  await asItWas('one');
});
