import assert from 'node:assert/strict';
import { test } from 'node:test';
import { segmentsMessage, statusMessage } from '../../../agent/report/status-message.ts';
import type { Piece } from '../../../agent/telemetry/collector.ts';
import type { StatusFile } from '../../../schemas/types.generated.ts';

type Project = StatusFile['projects'][number];

const well = { name: 'web', state: 'running', health: 'healthy' };
const app = (more: Partial<Project>): Project => ({
  ...{ app: 'pump', project: 'pump', state: 'healthy', release: '1.5.0', digest: 'sha256:2' },
  ...{ services: [well, { ...well, name: 'db' }] },
  ...more,
});
const before = app({ release: '1.4.2', digest: 'sha256:1' });

function subject(projects: Project[], old: Project[] = [before], more: Partial<StatusFile> = {}): string {
  const status: StatusFile = {
    ...{ apiVersion: 'towline/v1', fleet: 'f', device: 'pump-17', time: '2026-07-01T08:15:00Z' },
    ...{ agent: { version: '1' }, trusted: { commit: '0'.repeat(40) }, outcome: 'applied' },
    ...{ conditions: [], tunnel: { state: 'closed' }, projects },
    ...more,
  };
  return statusMessage({ status, before: old, tookMs: 3_210, pieces: [] }).split('\n')[0] ?? '';
}

test('the first line says what is new of the apps, how long it took and how it stands', () => {
  assert.equal(subject([app({})]), 'pump-17: pump 1.4.2 → 1.5.0 in 3.2 s, 2 of 2 healthy');
  assert.equal(subject([app({})], []), 'pump-17: pump 1.5.0 in 3.2 s, 2 of 2 healthy');
  assert.equal(subject([app({ release: '1.4.2' })]), 'pump-17: pump 1.4.2 changed in 3.2 s, 2 of 2 healthy');
  const job = { name: 'migrate', state: 'exited', exitCode: 0 };
  const starting = { ...well, health: 'starting' };
  assert.equal(
    subject([app({ services: [well, job, starting] })]),
    'pump-17: pump 1.4.2 → 1.5.0 in 3.2 s, 2 of 3 healthy',
  );
});

test('an update that failed says to what it went back; a status without news says how the pass went', () => {
  const back = app({ ...before, state: 'rolled-back', wanted: { release: '1.5.0', digest: 'sha256:2' } });
  assert.equal(subject([back]), 'pump-17: pump 1.5.0 failed, back to 1.4.2 in 3.2 s');
  assert.equal(subject([back], [back], { outcome: 'degraded' }), 'pump-17: degraded (pump 1.4.2)');
  assert.equal(subject([], [], { outcome: 'unchanged' }), 'pump-17: unchanged (no apps)');
  const stopped = { code: 'TRUST_UNSIGNED', message: 'no' };
  assert.match(subject([app({})], undefined, { stopped }), /2 of 2 healthy, main refused: TRUST_UNSIGNED$/);
});

test('what an app is called puts nothing into the message but a word', () => {
  const odd = subject([app({ app: 'a\u001b[2J\nb\r', release: 'x'.repeat(300) })], []);
  assert.equal(odd, `pump-17: a [2J b  ${'x'.repeat(81)}…`);
});

const piece = (path: string, kind: Piece['class'], records: number) => ({ path, class: kind, records });
const log = (service: string, records: number, kind: 'log' | 'error' = 'log', project = 'p') =>
  piece(`logs/${project}/${service}/${'c'.repeat(12)}-000000000001-${kind}.ndjson.gz`, kind, records);

test('a flush between passes counts what it brings, and names who has said most', () => {
  const status: StatusFile = {
    ...{ apiVersion: 'towline/v1', fleet: 'f', device: 'pump-17', time: '2026-07-01T08:15:00Z' },
    ...{ agent: { version: '1' }, trusted: { commit: '0'.repeat(40) }, outcome: 'unchanged' },
    ...{ conditions: [], tunnel: { state: 'closed' }, projects: [] },
  };
  const said = (...pieces: ReturnType<typeof piece>[]) => segmentsMessage({ status, pieces }).split('\n')[0];
  assert.equal(
    said(log('db', 1), log('web', 1200), log('web', 3, 'error')),
    'pump-17: 1,204 log lines of web, db; 3 errors',
  );
  assert.equal(
    said(log('web', 3), log('web', 2, 'log', 'q'), log('c', 1), log('d', 1)),
    'pump-17: 7 log lines of p/web, q/web, c and 1 more',
  );
  const others = [
    piece('metrics/000000000001.ndjson.gz', 'metric', 30),
    piece('events/000000000001.ndjson.gz', 'event', 1),
  ];
  assert.equal(said(...others), 'pump-17: 1 event; metrics at 30 moments');
  assert.match(segmentsMessage({ status, pieces: others }), /\n\nTrusted: 0{40}\n$/);
});
