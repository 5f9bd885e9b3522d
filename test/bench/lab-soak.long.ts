/** Five minutes of a soak in a lab: everything happens, nothing is missed, and nothing is left. */
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { it } from 'node:test';
import { SoakRecord } from '../../bench/lab-soak/record.ts';
import { soakInLab } from '../../bench/lab-soak/soak-run.ts';
import { claimedNames } from '../../lab/sites/lab-state.ts';

const { signal } = new AbortController();

it('a fleet of four devices stays whole for five minutes in which everything is disturbed', {
  timeout: 3_600_000,
}, async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'tl-soak-'));
  const name = `soak-${process.pid % 100_000}`;
  const options = { durationMs: 300_000, seed: 5, devices: 4, folder, name, say: () => {}, hurry: signal };
  assert.notEqual(await soakInLab(options, signal), 'red');
  const record = new SoakRecord(path.join(folder, 'record.ndjson'));
  assert.deepEqual(
    record.of('end').map(({ silent }) => silent),
    [[]],
  );
  assert.deepEqual(record.of('lost'), []);
  assert.ok(record.of('converged').length > 20);
  assert.ok(new Set(record.of('happened').map(({ what }) => what)).size >= 5);
  assert.match(readFileSync(path.join(folder, 'README.md'), 'utf8'), /^# Soak of /);
  assert.ok(!claimedNames().includes(name));
  rmSync(folder, { recursive: true });
});
