/** What the keeper of a gateway gets wrong, and what others do to files of sinks. */
import assert from 'node:assert/strict';
import { readFileSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { createSystemClock } from '../../../core/io/system-clock.ts';
import { DeviceReports } from '../../../gateway/sinks/device-reports.ts';
import { RotatedFile } from '../../../gateway/sinks/file/rotated-file.ts';
import type { SinkFile } from '../../../gateway/sinks/open-sink.ts';
import { Progress } from '../../../gateway/sinks/progress.ts';
import { RecordSinks } from '../../../gateway/sinks/records/record-sinks.ts';
import { logDelivery } from './receivers/deliveries.ts';
import { Branches, ownFolder, quiet } from './rig.ts';

function open(folder: string, sinks: Readonly<Record<string, SinkFile>>): Promise<RecordSinks> {
  return RecordSinks.open({
    ...{ sinks, fleet: 'acme', stateDirectory: folder, telemetryGit: join(folder, 'telemetry.git') },
    ...{ telemetryKeepMs: 1000, refs: () => new Map(), view: new Branches('pump-1').view },
    ...{ clock: createSystemClock(), log: quiet, reports: new DeviceReports() },
  });
}

test('sinks may have any name, also those of files that lie beside their folders', async () => {
  using folder = ownFolder();
  const sinks = await open(folder.path, {
    control: { kind: 'file', path: join(folder.path, 'a') },
    keys: { kind: 'file', path: join(folder.path, 'b') },
  });
  await sinks.start();
  await sinks.close();
});

test('two sinks that write one file are refused, with both names', async () => {
  using folder = ownFolder();
  const path = join(folder.path, 'records.ndjson');
  const again = `${folder.path}/x/../records.ndjson`;
  const opened = open(folder.path, { one: { kind: 'file', path }, two: { kind: 'file', path: again } });
  await assert.rejects(opened, { code: 'GATEWAY_CONFIG_INVALID', message: /sinks\.two: .* sinks\.one/ });
});

test('a file that somebody has cut goes on at its beginning', async () => {
  using folder = ownFolder();
  const path = join(folder.path, 'records.ndjson');
  const file = new RotatedFile({ path, maxBytes: 1 << 20, keep: 1, isSynced: false });
  await file.append('{"a":1}\n{"a":2}\n');
  // logrotate's `copytruncate`.
  truncateSync(path);
  await file.append('{"a":3}\n');
  await file.close();
  assert.equal(readFileSync(path, 'utf8'), '{"a":3}\n');
});

test('what a receiver took of a batch that failed is told again by a replay', () => {
  const progress = new Progress();
  const [first, second] = [logDelivery(1), logDelivery(2)];
  progress.taken(first);
  assert.deepEqual(progress.rest([first, second]), [second]);
  // The batch was given up for a replay: the same ids come again.
  assert.equal(progress.rest([logDelivery(1), logDelivery(2)]).length, 2);
});

test('an address without a port that there is is refused when the gateway starts', async () => {
  using folder = ownFolder();
  for (const kind of ['syslog', 'gelf', 'fluentd'] as const) {
    const opened = open(folder.path, { wire: { kind, address: 'logs.example.com:99999' } });
    await assert.rejects(opened, { code: 'GATEWAY_CONFIG_INVALID', message: /sinks\.wire: .*99999/ }, kind);
  }
});
