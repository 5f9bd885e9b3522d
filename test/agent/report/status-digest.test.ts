import assert from 'node:assert/strict';
import { test } from 'node:test';
import { statusDigest, withSince } from '../../../agent/report/status-digest.ts';
import type { StatusFile } from '../../../schemas/types.generated.ts';

type Service = StatusFile['projects'][number]['services'][number];

function digest(service: Partial<Service>, message?: string): string {
  return statusDigest({
    apiVersion: 'towline/v1',
    fleet: 'acme',
    device: 'pump-1',
    time: '2026-11-23T18:00:00Z',
    agent: { version: '0.1.0' },
    trusted: { commit: 'a'.repeat(40) },
    outcome: 'degraded',
    conditions: [],
    projects: [
      {
        app: 'pump',
        project: 'pump',
        state: 'degraded',
        ...(message === undefined ? {} : { message }),
        services: [{ name: 'app', image: 'pump', state: 'running', ...service }],
      },
    ],
    tunnel: { state: 'closed' },
  });
}

test('a container that crashes all day makes a status at its first restart and at every doubling', () => {
  const said = new Set<string>();
  for (let restarts = 0; restarts < 1000; restarts++) {
    said.add(digest({ state: 'running', restarts }));
    said.add(digest({ state: 'restarting', restarts, exitCode: 1 }));
  }
  assert.equal(said.size, 11);
});

test('a container that ends is something new, and so is another exit code', () => {
  const running = digest({ state: 'running' });
  const done = digest({ state: 'exited', exitCode: 0 });
  const failed = digest({ state: 'exited', exitCode: 1 });
  assert.equal(new Set([running, done, failed]).size, 3);
});

test('a failure that comes again says the same, whatever the engine called the container and whenever the next try is', () => {
  const said = (id: string, next: string) =>
    digest({}, `app does not start: endpoint app-1 (${id.repeat(64)}): address already in use; ${next}`);
  const first = said('a', 'tried again in 30 s');
  assert.equal(said('b', 'tried again in 60 s'), first);
  const waits = said('a', 'next try at 2026-11-23T18:00:00Z');
  assert.equal(said('c', 'next try at 2026-11-23T19:00:00Z'), waits);
  assert.notEqual(digest({}, 'app does not start: no such file'), first);
});

test('a condition keeps since when it says what it says, unless a clock that was ahead has noted that', () => {
  const condition = { type: 'Fresh', status: false, reason: 'AGENT_STALE', message: '' };
  const since = (noted: string) =>
    withSince([condition], [{ ...condition, since: noted }], '2026-07-01T00:00:00Z')[0]?.since;
  assert.equal(since('2026-06-01T00:00:00Z'), '2026-06-01T00:00:00Z');
  assert.equal(since('2099-01-01T00:00:00Z'), '2026-07-01T00:00:00Z');
});
