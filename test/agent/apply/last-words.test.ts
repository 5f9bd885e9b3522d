/** What a container that failed has said is kept before going back removes it, and without secrets. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { lastSegment } from '../../../agent/report/last-segment.ts';
import { statusMessage } from '../../../agent/report/status-message.ts';
import type { Piece } from '../../../agent/telemetry/collector.ts';
import type { TelemetryRecord } from '../../../core/telemetry/record/record.ts';
import { readSegment } from '../../../core/telemetry/record/segment.ts';
import { makeDesired, makeProject, type Services } from '../../../lab/rig/desired.ts';
import { sharedImages } from '../../../lab/rig/device-images.ts';
import { DeviceRig } from '../../../lab/rig/device-rig.ts';

const images = await sharedImages();

type Service = Services[string];

const says = (script: string, more: Service = {}): Service => ({
  image: images.worker,
  command: ['/bin/sh', '-c', script],
  ...more,
});

const lineOf = (record: TelemetryRecord): string =>
  record.kind === 'log' ? `${record.time} ${record.stream} ${record.text}\n` : '';

/** A good state, then one that fails. */
async function failing(
  rig: DeviceRig,
  service: Service,
  { telemetryLogs = true, stablePeriodMs = 2_000 } = {},
) {
  const segments: Piece[] = [];
  const pass = (app: Service) => {
    const project = makeProject(rig.project, {
      services: { app },
      update: { healthTimeoutMs: 40_000, stablePeriodMs },
    });
    const desired = makeDesired(rig.device, [project]);
    return rig.pass([project], {
      desired: { ...desired, settings: { ...desired.settings, telemetryLogs } },
      keepLog: async last => void segments.push(lastSegment(last)),
    });
  };
  assert.equal((await pass({ image: images.worker })).outcome.outcome, 'applied');
  assert.equal(segments.length, 0);
  const { outcome } = await pass(service);
  assert.equal(outcome.outcome, 'rolled-back', JSON.stringify(outcome));
  const again = await pass(service);
  const text = segments.flatMap(({ bytes }) => readSegment(bytes).records.map(lineOf)).join('');
  return {
    segments,
    text,
    words: outcome.projects[0]?.lastWords,
    later: again.outcome.projects[0]?.lastWords,
  };
}

test('a crash: its lines, its exit code; known secrets and what looks like one are hidden', async () => {
  await using rig = await DeviceRig.start();
  const script =
    'echo "starting"; echo "login as hunter22"; echo "url=postgres://bob:pw12@db/x"; printf "\\033[31mno table orders\\033[0m\\n" >&2; exit 3';
  const { segments, text, words, later } = await failing(
    rig,
    says(script, { environment: { DB_PASSWORD: 'hunter22' } }),
  );
  assert.equal(segments.length, 1);
  assert.match(
    segments[0]?.path ?? '',
    new RegExp(`^logs/${rig.project}/app/[0-9a-f]{12}-\\d{12}-error\\.ndjson\\.gz$`),
  );
  assert.match(text, / stdout starting\n/);
  assert.match(text, / stdout login as \[hidden\]\n/);
  assert.match(text, /postgres:\/\/bob:\[hidden\]@db/);
  assert.match(text, / stderr no table orders\n/);
  assert.match(text, / stderr exit 3\n$/);
  assert.doesNotMatch(text, /hunter22|pw12/);
  assert.equal(words, 'app: exit code 3; no table orders');
  assert.equal(later, words, 'as long as it is set aside');
});

test('an unhealthy service: what its check has said', async () => {
  await using rig = await DeviceRig.start();
  const test = ['CMD', '/bin/sh', '-c', 'echo "no route to the database"; exit 7'];
  const healthcheck = { test, interval: '300ms', timeout: '5s', retries: 2 };
  const { text, words } = await failing(rig, says('echo up; exec sleep 600', { healthcheck }));
  assert.match(text, / stderr health no route to the database\n.* stderr health ended with 7\n$/);
  assert.equal(words, 'app: health check: no route to the database; up');
});

test('a container that the engine starts again and again, with very long lines and no end of them', async () => {
  await using rig = await DeviceRig.start();
  const long = 'line=x; for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14; do line="$line$line"; done';
  const script = `${long}; i=0; while [ $i -lt 300 ]; do echo "$i $line"; i=$((i+1)); done; exit 9`;
  const { text, words } = await failing(rig, says(script, { restart: 'always' }), { stablePeriodMs: 6_000 });
  assert.ok(text.length < 400_000, String(text.length));
  assert.ok([...(words ?? '')].length <= 200);
  // At a moment at which it runs again it has no exit code.
  assert.match(words ?? '', /^app: (?:exit code 9; )?\d+ x{3}/);
});

test('with `telemetry.logs: false` nothing is kept, and nothing is said', async () => {
  await using rig = await DeviceRig.start();
  const { segments, words, later } = await failing(rig, says('echo private; exit 1'), {
    telemetryLogs: false,
  });
  assert.deepEqual([segments, words, later], [[], undefined, undefined]);
});

test('the words are in no commit message', () => {
  const message = statusMessage({
    status: {
      ...{ apiVersion: 'towline/v1', fleet: 'f', device: 'd', time: '2026-07-01T08:15:00Z' },
      ...{ agent: { version: '1' }, trusted: { commit: '0'.repeat(40) }, outcome: 'rolled-back' },
      ...{ conditions: [], tunnel: { state: 'closed' } },
      projects: [{ app: 'web', project: 'web', state: 'rolled-back', lastWords: 'said this', services: [] }],
    },
    ...{ before: [], pieces: [] },
  });
  assert.match(message, /web: rolled-back/);
  assert.doesNotMatch(message, /said this/);
});
