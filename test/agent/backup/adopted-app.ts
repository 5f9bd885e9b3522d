/** An app of two services that docker compose has started, of which releases change one, with data that both have. */
import assert from 'node:assert/strict';
import { backupsOf } from '../../../agent/backup/backup-folder.ts';
import type { BackupSettings } from '../../../core/backup/settings.ts';
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
const services = ['web', 'side'] as const;

export async function adoptedApp(settings: Partial<BackupSettings> = {}) {
  const made = await adopted(files);
  const { rig, project } = made;
  const inspect = (service: string) => rig.inspect(`${rig.project}-${service}-1`);
  const shell = async (service: string, script: string) =>
    rig.exec((await inspect(service)).Id, ['/bin/sh', '-c', script]);
  const { backup } = makeProject(rig.project, {
    services: {},
    backup: { volumes: ['data'], ...settings },
  });
  return {
    rig,
    inspect,
    release: (LEVEL: string, change: Partial<DesiredProject> = {}): DesiredProject => ({
      ...project.app(({ services: { web, ...rest }, ...model }) => ({
        ...model,
        services: { ...rest, web: { ...web, environment: { LEVEL } } },
      })),
      ...(backup === undefined ? {} : { backup }),
      ...change,
    }),
    write: (row: string) => shell('side', `echo ${row} > /data/row; sync`),
    /** @returns what was stopped */
    async pass(state: DesiredProject): Promise<readonly string[]> {
      const { outcome, reasons } = await rig.pass([state]);
      assert.equal(outcome.projects[0]?.state, 'healthy', JSON.stringify(outcome));
      return reasons.filter(reason => reason.startsWith('stop-container'));
    },
    /** The newest one's. */
    async backup() {
      const [newest] = (await backupsOf(rig.room.backupDirectory, rig.project)).backups;
      assert.ok(newest !== undefined);
      return newest;
    },
    async assertRuns(row: string, when?: string): Promise<void> {
      for (const service of services)
        assert.equal(
          await shell(service, `read row < /data/row; [ "$row" = ${row} ]`),
          0,
          `${service} has ${row}`,
        );
      const policies = await Promise.all(
        services.map(async one => (await inspect(one)).HostConfig.RestartPolicy),
      );
      assert.deepEqual(
        policies,
        [
          { Name: 'always', MaximumRetryCount: 0 },
          { Name: 'on-failure', MaximumRetryCount: 7 },
        ],
        when,
      );
    },
    /** What an engine does when it comes up. */
    async comeUp(): Promise<void> {
      for (const service of services) {
        const { Id, HostConfig } = await inspect(service);
        if (HostConfig.RestartPolicy?.Name !== 'no') await rig.post(`/containers/${Id}/start`);
      }
    },
    [Symbol.asyncDispose]: () => made[Symbol.asyncDispose](),
  };
}
