/** SIGKILL in front of any change of the disk, while devices go dark and come back: one message each way per condition. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import type { NotifyReceiver } from '../../../schemas/types.generated.ts';
import { strideOf } from '../../rig/every.ts';
import { Alerts, Hooks } from './hooks.ts';
import { minutes, names, ownFolder } from './rig.ts';
import type { TellingChild } from './telling-child.ts';

const run = promisify(execFile);
const devices = 250;
let programs: string;

before(async () => {
  programs = await mkdtemp(path.join(tmpdir(), 'towline-telling-'));
  const entryPoints = {
    child: path.join(import.meta.dirname, 'telling-child.ts'),
    disk: path.join(import.meta.dirname, '../../agent/source/deadly-disk.ts'),
  };
  const js = "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);";
  await build({
    ...{ entryPoints, outdir: programs, bundle: true, platform: 'node', format: 'esm', logLevel: 'error' },
    ...{ outExtension: { '.js': '.mjs' }, banner: { js } },
  });
});
after(() => rm(programs, { recursive: true }));

/** @returns how many changes of the disk there were; undefined: it was killed */
async function tell(asked: TellingChild, dieAt?: number): Promise<number | undefined> {
  const args = ['--import', path.join(programs, 'disk.mjs'), path.join(programs, 'child.mjs')];
  const env = { ...process.env, ...(dieAt === undefined ? {} : { TOWLINE_DIE_AT: String(dieAt) }) };
  const ended = await run(process.execPath, [...args, JSON.stringify(asked)], { env }).catch(
    (error: { signal?: string; stderr?: string }) => {
      assert.equal(error.signal, 'SIGKILL', error.stderr);
      return undefined;
    },
  );
  return ended === undefined ? undefined : Number(ended.stdout);
}

test('killed at any write, devices that go dark and come back are told of once each way, none lost and none twice', async () => {
  await using ops = await new Hooks().listen();
  await using manager = await new Alerts().listen();
  using folder = ownFolder();
  const receivers: NotifyReceiver[] = [
    { name: 'ops', webhook: { url: ops.url, format: 'cloudevents' } },
    { name: 'alerts', webhook: { url: manager.url, format: 'alertmanager' } },
  ];
  let wallMs = Date.UTC(2026, 6, 1);
  let kills = 0;
  /** Until it ends by itself, killed a little later each time. */
  const untilDone = async (word: string, isSilent: boolean) => {
    for (let dieAt = 1; ; dieAt += strideOf(4)) {
      const asked = { folder: folder.path, receivers, devices, wallMs, word, isSilent };
      wallMs += minutes(50);
      if ((await tell(asked, dieAt)) !== undefined) return;
      kills += 1;
    }
  };
  await untilDone('first', false);
  await untilDone('first', true);
  await untilDone('second', false);
  assert.ok(kills > 15, `${kills} kills`);
  assert.deepEqual(
    [ops.devices('device.dark', 'open'), ops.devices('device.dark', 'resolved')],
    [devices, devices],
  );
  for (const id of names(devices)) assert.equal(manager.beginnings(id).size, 1, id);
  const ended = manager.alerts.filter(
    ({ startsAt, endsAt }) => endsAt !== startsAt && Date.parse(endsAt) <= wallMs,
  );
  assert.equal(new Set(ended.map(({ labels }) => labels.device)).size, devices);
});
