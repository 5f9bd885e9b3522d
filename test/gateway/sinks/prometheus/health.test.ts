import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { StatusFile } from '../../../../schemas/types.generated.ts';
import { fleetView, PrometheusRig } from './rig.ts';
import { linesOf, scrape } from './scraped.ts';

const minute = 60_000;
const valuesOf = async (rig: PrometheusRig, name: string) =>
  linesOf(await scrape(rig.sink), name).map(line => Number(line.slice(line.lastIndexOf(' '))));

test('what a device last said of itself stands beside its metrics', async () => {
  const rig = new PrometheusRig(['pump-1']);
  rig.reports('pump-1', {
    outcome: 'rolled-back',
    stopped: { code: 'TRUST_UNSIGNED', message: 'no' },
    conditions: [
      { type: 'ClockSynchronised', status: false, reason: 'AGENT_CLOCK', message: 'a "clock"' },
      { type: 'ClockSynchronised', status: true, reason: 'twice', message: '' },
    ],
  });
  const whose = 'device_id="pump-1",site="berlin"';
  assert.deepEqual(linesOf(await scrape(rig.sink)), [
    `towline_device_info{${whose},version="0.1.0",engine="20.10.24"} 1`,
    `towline_device_silent_seconds{${whose}} 0`,
    `towline_device_behind_seconds{${whose}} 0`,
    `towline_device_outcome{${whose},outcome="rolled-back"} 1`,
    `towline_device_stopped{${whose},code="TRUST_UNSIGNED"} 1`,
    `towline_device_condition{${whose},type="ClockSynchronised"} 0`,
    `towline_app_state{${whose},app="web",project="web",state="healthy"} 1`,
    `towline_app_info{${whose},app="web",project="web",release="1.4.2"} 1`,
  ]);
});

test('a device is silent since it was last heard of, also one that never was; its clock is judged by what arrives now', async () => {
  const rig = new PrometheusRig(['pump-1', 'pump-2']);
  // It was there when the gateway started: its own time counts.
  rig.reports('pump-1', { time: new Date(rig.nowMs - 5 * minute).toISOString() });
  rig.sink.see({ kind: 'silent', device: 'pump-2', revoked: false, hasKeys: true });
  rig.nowMs += minute;
  assert.deepEqual(await valuesOf(rig, 'towline_device_silent_seconds'), [360, 60]);
  assert.deepEqual(await valuesOf(rig, 'towline_device_clock_offset_seconds'), []);
  rig.reports('pump-1', { time: new Date(rig.nowMs + 180 * minute).toISOString() });
  assert.deepEqual(await valuesOf(rig, 'towline_device_silent_seconds'), [0, 60]);
  assert.deepEqual(await valuesOf(rig, 'towline_device_clock_offset_seconds'), [10_800]);
});

test('a device is behind since the gateway trusts a commit that it does not, not since it last spoke', async () => {
  const rig = new PrometheusRig(['pump-1']);
  rig.reports('pump-1');
  rig.nowMs += minute;
  rig.view.publish(fleetView(['pump-1'], '2'.repeat(40)));
  rig.nowMs += minute;
  rig.view.publish(fleetView(['pump-1'], '3'.repeat(40)));
  rig.reports('pump-1');
  assert.deepEqual(await valuesOf(rig, 'towline_device_behind_seconds'), [60]);
  rig.reports('pump-1', { trusted: { commit: '2'.repeat(40) }, time: 'later' });
  assert.deepEqual(await valuesOf(rig, 'towline_device_behind_seconds'), [0]);
  rig.nowMs += minute;
  assert.deepEqual(await valuesOf(rig, 'towline_device_behind_seconds'), [60]);
  rig.reports('pump-1', { trusted: { commit: '3'.repeat(40) }, time: 'later still' });
  assert.deepEqual(await valuesOf(rig, 'towline_device_behind_seconds'), [0]);
});

test('nobody waits for a device that is revoked, retired or without keys; one that is gone has no series', async () => {
  const rig = new PrometheusRig(['pump-1', 'pump-2', 'pump-3', 'pump-4']);
  rig.reports('pump-1', {}, true);
  rig.reports('pump-2', { outcome: 'retired' });
  rig.sink.see({ kind: 'silent', device: 'pump-3', revoked: false, hasKeys: false });
  rig.reports('pump-4');
  rig.sink.see({ kind: 'gone', device: 'pump-4' });
  assert.deepEqual(await valuesOf(rig, 'towline_device_silent_seconds'), []);
  assert.deepEqual(await valuesOf(rig, 'towline_device_revoked'), [1]);
});

test('a report that is not its own is told, and does not count as heard', async () => {
  const rig = new PrometheusRig(['pump-1']);
  rig.reports('pump-1');
  rig.nowMs += minute;
  const report = { kind: 'doubtful', doubt: 'forged', why: 'another key' } as const;
  rig.sink.see({ kind: 'report', device: 'pump-1', revoked: false, tip: 'a'.repeat(40), report });
  assert.match(linesOf(await scrape(rig.sink), 'towline_device_doubtful')[0] ?? '', /doubt="forged"\} 1$/);
  assert.deepEqual(await valuesOf(rig, 'towline_device_silent_seconds'), [60]);
});

test('a device makes no more series than a status has words for', async () => {
  const rig = new PrometheusRig(['pump-1']);
  const project = (at: number): StatusFile['projects'][number] => ({
    app: `app-${at}`,
    project: 'p'.repeat(9999) + at,
    state: 'healthy',
    services: [],
  });
  rig.reports('pump-1', {
    agent: { version: 'v'.repeat(10_000) },
    conditions: Array.from({ length: 500 }, (_, at) => ({
      type: `T${at}`,
      status: true,
      reason: '',
      message: '',
    })),
    projects: Array.from({ length: 500 }, (_, at) => project(at)),
  });
  const lines = linesOf(await scrape(rig.sink));
  assert.ok(lines.length < 100, `${lines.length}`);
  assert.ok(Math.max(...lines.map(({ length }) => length)) < 600);
});
