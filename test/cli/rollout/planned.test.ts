/** What stands in the way of a rollout, by what devices have said of themselves. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { plannedRollout } from '../../../cli/rollout/planned.ts';
import type { StatusFile } from '../../../schemas/types.generated.ts';
import { pumps, RollingFleet, releaseFiles, rolloutText, startMs } from '../../core/rollout/rolling-fleet.ts';
import { statusOf } from '../status/reports.ts';

const mebibytes = 1024 * 1024;

test('a device that lacks what the release wants is named, by what it said: memory, engine, platform; a disk is for people to look at', async () => {
  const fleet = new RollingFleet(pumps(5));
  const release = 'apps/web/releases/1.1.0/release.yaml';
  const wants = [
    'requires: { memory: 512MiB, engine: "24.0", disk: 100MiB }',
    'images:',
    '  server:',
    '    image: web:1.1.0',
    `    digest: sha256:${'b'.repeat(64)}`,
    '    platforms:',
    `      linux/amd64: { download: ${10 * mebibytes}, unpacked: ${30 * mebibytes} }`,
    `      linux/arm64: { download: ${20 * mebibytes} }`,
  ];
  const text = (releaseFiles('1.1.0')[release] ?? '').replace(
    /^images:\n(?: .*\n)+/m,
    `${wants.join('\n')}\n`,
  );
  fleet.commit(
    { [release]: text, 'rollouts/web/r1.yaml': rolloutText(['name: all, select: { all: true }']) },
    startMs,
  );
  const { fleet: loaded, rollout } = await fleet.look();
  const host = { memory: 1024 * mebibytes, platform: 'linux/amd64' };
  const said = (engine: string, more: StatusFile['host']) =>
    statusOf('pump', { agent: { version: '0.1.0', engine }, host: { ...host, ...more } });
  const reported = new Map([
    ['pump-1', said('24.0.1', {})],
    ['pump-2', said('24.0.1', { memory: 256 * mebibytes })],
    ['pump-3', said('20.10.24', {})],
    ['pump-4', said('24.0.1', { platform: 'linux/riscv64' })],
  ]);
  const planned = plannedRollout(loaded, rollout, reported);
  const why = Object.fromEntries(planned.obstacles.map(each => [each.device, each.why]));
  assert.deepEqual(Object.keys(why), ['pump-2', 'pump-3', 'pump-4', 'pump-5']);
  assert.match(why['pump-2'] ?? '', /^the machine has 256 MiB of memory, 512MiB is wanted$/);
  assert.match(why['pump-3'] ?? '', /^the engine is 20\.10\.24, /);
  assert.match(
    why['pump-4'] ?? '',
    /^the image of server is for linux\/amd64, linux\/arm64, not for linux\/riscv64$/,
  );
  assert.equal(why['pump-5'], 'never seen');
  assert.deepEqual([planned.bytes, planned.room], [20 * mebibytes, 140 * mebibytes]);
});
