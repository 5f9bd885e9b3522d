/** From the volume of a real app to the table at the desk. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { withBackups } from '../../../agent/pass/backup-status.ts';
import { makeDesired, makeProject } from '../../../lab/rig/desired.ts';
import { DeviceRig } from '../../../lab/rig/device-rig.ts';
import { makeRepository } from '../../../lab/rig/fleet-repository.ts';
import type { StatusFile } from '../../../schemas/types.generated.ts';
import { makeReleasedFleet } from '../fleet.ts';
import { addKeys, report } from '../status/reports.ts';
import { towline } from '../towline.ts';

type Project = StatusFile['projects'][number];

test('a backup that a device has made is in its status, and listed at the desk', async () => {
  await using rig = await DeviceRig.start();
  await using fleet = await makeReleasedFleet();
  const [key] = await addKeys(fleet);
  const telemetry = await makeRepository();
  try {
    const image = await rig.images.kept('worker');
    const volumes = ['data', 'more'].map(
      source => ({ type: 'volume', source, target: `/${source}`, volume: {} }) as const,
    );
    const release = (number: string) =>
      makeProject(rig.project, {
        services: { app: { image, environment: { RELEASE: number }, stop_grace_period: '1s', volumes } },
        volumes: { data: {}, more: {} },
        backup: { volumes: ['data', 'more'] },
      });
    for (const number of ['1', '2']) {
      const { outcome } = await rig.pass([release(number)]);
      assert.equal(outcome.outcome, 'applied', JSON.stringify(outcome));
    }
    const kept = await rig.store.memory(Date.now());
    const said: Project = { app: 'hello', project: rig.project, state: 'healthy', services: [] };
    const projects = withBackups([said], kept, makeDesired(rig.device, [release('2')]));
    const [{ id = '' } = {}] = kept.backups?.get(rig.project) ?? [];
    assert.deepEqual(
      projects[0]?.backups?.map(one => [one.id, one.cause, one.volumes]),
      [[id, 'upgrade', 2]],
    );
    await report(telemetry, 'pump-1', key, { projects });
    const args = ['backup', 'list', 'pump-1', '--repo', fleet.directory, '--telemetry', telemetry.path];
    const { code, output, errors } = await towline(args);
    assert.equal(code, 0, errors);
    assert.match(
      output,
      new RegExp(`^pump-1 +hello +${id} +\\d+m +- +upgrade +[0-9.]+ [A-Za-z]+ +device$`, 'm'),
    );
  } finally {
    await telemetry.remove();
  }
});
