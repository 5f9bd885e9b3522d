import assert from 'node:assert/strict';
import { test } from 'node:test';
import { beginFacts } from '../../../agent/pass/pass-facts.ts';
import { statusOf } from '../../../agent/pass/status.ts';
import { UnderWay } from '../../../agent/pass/under-way.ts';
import { sinceItRuns, statusDigest } from '../../../agent/report/status-digest.ts';
import type { Verdict } from '../../../agent/verify/verify.ts';
import type { Clock } from '../../../core/io/clock.ts';
import { makeDesired, makeProject } from '../../../lab/rig/desired.ts';
import type { StatusFile } from '../../../schemas/types.generated.ts';
import { status as isStatus } from '../../../schemas/validate.generated.js';

const before: StatusFile['projects'] = [
  {
    ...{ app: 'web', project: 'web', release: '1.0', digest: 'sha256:old', state: 'healthy' },
    ...{ lastWords: 'web: exit code 1', services: [] },
  },
  { app: 'db', project: 'db', state: 'healthy', services: [] },
];
const desired = makeDesired('d', [
  { ...makeProject('web', { services: { web: { image: 'web' } } }), release: '2.0' },
  makeProject('new', { services: { web: { image: 'web' } } }),
]);
const context = {
  ...{ fleet: 'f', device: 'd', version: '1', startedMs: 0, nowMs: 0, trustedCommit: '0'.repeat(40) },
  tunnel: { state: 'closed', desired: undefined, untilMs: undefined },
  lastProjects: before,
  lastApplied: undefined,
} as const;
const head = 'b'.repeat(40);
const verdict: Verdict = {
  ...{ head, accepted: 0 },
  trusted: { commit: 'a'.repeat(40), lineTimeSec: 0 } as never,
  stopped: { code: 'TRUST_UNSIGNED', commit: head, message: 'not signed', vouched: [], missing: [] },
};

test('while an update is under way its apps are not called healthy, and what is wanted has its name', () => {
  const facts = { ...beginFacts('p'), desired, verdict, followed: 'a'.repeat(40), pulls: new Map() };
  const said = statusOf({ ...facts, underWay: new Set(['web', 'new']) }, context);
  assert.ok(isStatus(said), JSON.stringify(isStatus.errors));
  assert.equal(said.outcome, 'progressing');
  assert.deepEqual([said.followed, said.stopped?.head], ['a'.repeat(40), head]);
  assert.deepEqual(
    said.projects.map(({ app, release, state, message, wanted, lastWords }) => [
      ...[app, release, state, message, wanted?.release, lastWords],
    ]),
    [
      ['web', '1.0', 'progressing', '2.0 is under way', '2.0', undefined],
      // Nothing is done for it, and nothing of it is wanted any more.
      ['db', undefined, 'healthy', undefined, undefined, undefined],
      ['new', undefined, 'progressing', 'under way', undefined, undefined],
    ],
  );
  assert.equal(said.projects[0]?.wanted?.digest, desired.projects[0]?.digest);
  // A commit that cannot be read takes back nothing of what was said.
  const { desired: _none, ...unread } = facts;
  const later = statusOf(unread, { ...context, lastProjects: said.projects });
  assert.equal(later.projects[0]?.wanted?.release, '2.0');
});

test('a project keeps since when it runs what it runs; a wrong clock is not believed, and time alone is no news', () => {
  const [web, db] = before as [StatusFile['projects'][number], StatusFile['projects'][number]];
  const at = (since: string) => [{ ...web, since }];
  const since = (noted: string, now = web) => sinceItRuns([now], at(noted), '2026-07-01T00:00:00Z')[0]?.since;
  assert.equal(since('2026-06-01T00:00:00Z'), '2026-06-01T00:00:00Z');
  assert.equal(since('2026-06-01T00:00:00Z', { ...web, state: 'unknown' }), '2026-06-01T00:00:00Z');
  assert.equal(since('2026-06-01T00:00:00Z', { ...web, digest: 'sha256:new' }), '2026-07-01T00:00:00Z');
  assert.equal(since('2099-01-01T00:00:00Z'), '2026-07-01T00:00:00Z');
  assert.equal(sinceItRuns([db], [], '2026-07-01T00:00:00Z')[0]?.since, undefined);
  const said = (projects: StatusFile['projects']) =>
    statusDigest({ ...statusOf(beginFacts('p'), context), projects });
  assert.equal(said(at('2026-06-01T00:00:00Z')), said(at('2026-07-01T00:00:00Z')));
});

test('an update of more than three seconds is said once, a quick one never', async () => {
  let passed = (): void => undefined;
  const clock: Clock = {
    now: () => 0,
    monotonic: () => 0,
    sleep: (_ms, signal) =>
      new Promise((resolve, reject) => {
        passed = resolve;
        signal.addEventListener('abort', () => reject(signal.reason));
      }),
  };
  for (const quick of [true, false]) {
    let said = 0;
    const publish = async () => {
      said += 1;
    };
    const underWay = new UnderWay({ clock, log: { debug() {} } as never, publish });
    underWay.begin();
    if (!quick) passed();
    await underWay.settled();
    assert.equal(said, quick ? 0 : 1);
  }
});
