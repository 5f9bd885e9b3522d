import assert from 'node:assert/strict';
import { test } from 'node:test';
import { StatusEvents } from '../../../../agent/telemetry/events/status-events.ts';
import type { StatusFile } from '../../../../schemas/types.generated.ts';

type Project = StatusFile['projects'][number];

const project = (state: Project['state'], release: string, more: Partial<Project> = {}): Project => ({
  ...{ app: 'pump', project: 'pump', state, release, digest: `sha256:${release}`, services: [] },
  ...more,
});

const status = (more: Partial<StatusFile>): StatusFile => ({
  ...{ apiVersion: 'towline/v1', fleet: 'acme', device: 'pump-1', time: '2026-03-01T12:00:00Z' },
  ...{ agent: { version: '1.0.0' }, trusted: { commit: 'a'.repeat(40) }, outcome: 'unchanged' },
  ...{ conditions: [], projects: [], tunnel: { state: 'closed' } },
  ...more,
});

const told = (events: StatusEvents, more: Partial<StatusFile>): string[] =>
  events.of(status(more)).map(({ name, level, text }) => `${name} ${level}: ${text}`);

test('an update is told once it has come to something, also across a restart of the agent', () => {
  const events = new StatusEvents([project('healthy', '1.4.2')]);
  assert.deepEqual(
    told(events, { projects: [project('progressing', '1.4.2')], host: { os: 'debian 12', kernel: '6.1' } }),
    ['agent.started info: agent 1.0.0 started on debian 12, kernel 6.1'],
  );
  assert.deepEqual(told(events, { projects: [project('healthy', '1.5.0')] }), [
    'app.applied info: pump 1.4.2 → 1.5.0',
  ]);
  assert.deepEqual(told(events, { projects: [project('unknown', '1.5.0')] }), []);
  assert.deepEqual(told(events, { projects: [project('healthy', '1.5.0')] }), []);
  assert.deepEqual(
    told(events, { projects: [project('rolled-back', '1.5.0', { message: 'APPLY_UNHEALTHY: web' })] }),
    ['app.rolled-back error: pump is rolled-back: APPLY_UNHEALTHY: web'],
  );
  assert.deepEqual(told(events, { projects: [project('healthy', '1.5.0')] }), [
    'app.healthy info: pump is healthy again',
  ]);
  assert.deepEqual(told(events, { projects: [project('removed', '1.5.0')] }), [
    'app.removed info: pump is removed',
  ]);
  assert.deepEqual(told(events, { projects: [project('healthy', '2.0.0')] }), [
    'app.applied info: pump 2.0.0 runs',
  ]);
});

test('a tunnel and a condition are told when they change', () => {
  const events = new StatusEvents([]);
  const current = (holds: boolean) => ({
    type: 'Current',
    status: holds,
    reason: 'AGENT_OUTDATED',
    message: 'old',
  });
  told(events, {});
  assert.deepEqual(told(events, { tunnel: { state: 'connecting' }, conditions: [current(true)] }), []);
  const tunnel = {
    state: 'open',
    targets: ['ssh'],
    until: '2026-03-01T13:00:00Z',
    reason: 'pump is loud',
  } as const;
  assert.deepEqual(told(events, { tunnel: { ...tunnel, targets: ['ssh'] }, conditions: [current(false)] }), [
    'tunnel.opened info: the tunnel is open to ssh until 2026-03-01T13:00:00Z: pump is loud',
    'condition.Current warn: Current fails: old',
  ]);
  assert.deepEqual(told(events, { tunnel: { state: 'closed' }, conditions: [] }), [
    'tunnel.closed info: the tunnel is closed',
    'condition.Current info: Current holds again',
  ]);
});
