/** Whatever a policy says: what a passkey alone has changed stands in the list of docs/trust.md, told here anew. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { ObjectReader } from '../../../../core/trust/git/object-reader.ts';
import type { PolicyCache } from '../../../../core/trust/policy/policy-load.ts';
import { walk } from '../../../../core/trust/walk.ts';
import { fuzzed } from '../../../fuzz/fuzzed.ts';
import { makePasskeyPeople, passkeyLine, passkeyPolicy, pump, startSec } from '../../../rig/passkey-line.ts';

const people = makePasskeyPeople();
const gateways =
  'gateways: [{ address: "gw:8443", tlsPins: ["sha256:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="] }]\n';
const apps = (release: string, more = '') => `apps: { web: { release: "${release}"${more} } }\n`;
const layer = (more: string) => `apiVersion: towline/v1\n${more}`;
const rollout = (more: string) =>
  `apiVersion: towline/v1\napp: web\nfrom: ["1.0.0"]\nto: "1.1.0"\nstages:\n  - { name: one, percent: 10, hold: 1h }\n  - { name: all, select: { all: true } }\n${more}`;

/** A file, as it is, and what may become of it: whether a passkey may do that is said by hand. */
const files = {
  [pump]: layer(`tunnel: { state: closed }\npaused: false\n${apps('1.0.0')}`),
  'groups/eu.yaml': layer(`tunnel: closed\npaused: false\n${apps('1.0.0')}`),
  'fleet.yaml': layer(`name: acme\n${gateways}tunnel: closed\npaused: false\n`),
  'rollouts/web/r1.yaml': rollout('stage: 1\nsince: "2026-11-28T12:00:00Z"\npaused: false\n'),
  'operators/alice.yaml': layer(`sshKeys: ["${people.alice.publicKey}"]\n`),
  'apps/web/app.yaml': layer('description: web\n'),
} as const;
type Path = keyof typeof files;

const changes: readonly (readonly [path: Path, from: string, to: string, isNarrow: boolean])[] = [
  [pump, 'paused: false', 'paused: true', true],
  [pump, 'state: closed', 'state: open', true],
  [pump, '"1.0.0"', '"1.1.0"', true],
  [pump, '"1.0.0"', '"1.0.0", variables: { a: "1" }', false],
  [pump, 'paused: false', 'paused: false\naccess: { logins: [] }', false],
  [pump, 'paused: false', 'paused: true\nlabels: { a: b }', false],
  [pump, 'paused: false\n', 'paused: false\n# words\n', false],
  ['groups/eu.yaml', 'tunnel: closed', 'tunnel: open', true],
  ['groups/eu.yaml', 'paused: false', 'paused: true', true],
  ['groups/eu.yaml', 'paused: false', 'paused: false\nvariables: { a: "1" }', false],
  ['fleet.yaml', 'paused: false', 'paused: true', true],
  ['fleet.yaml', 'gw:8443', 'evil:8443', false],
  ['fleet.yaml', 'tunnel: closed', 'tunnel: closed\ntunnels: { maxDuration: 9h }', false],
  ['rollouts/web/r1.yaml', 'stage: 1\nsince: "2026-11-28T12', 'stage: 2\nsince: "2026-11-28T14', true],
  ['rollouts/web/r1.yaml', 'stage: 1\n', 'stage: 2\n', true],
  ['rollouts/web/r1.yaml', 'paused: false', 'paused: true', true],
  ['rollouts/web/r1.yaml', 'paused: false', 'aborted: true', false],
  ['rollouts/web/r1.yaml', 'percent: 10', 'percent: 100', false],
  ['rollouts/web/r1.yaml', 'to: "1.1.0"', 'to: "6.6.6"', false],
  ['operators/alice.yaml', 'sshKeys', 'tunnels: [{ all: true }]\nsshKeys', false],
  ['apps/web/app.yaml', 'description: web', 'description: other', false],
];

const places = [
  '**',
  'devices/**',
  'groups/*.yaml',
  'fleet.yaml',
  'rollouts/*/*.yaml',
  'operators/**',
  'apps/**',
  '*/**',
];
const values = [
  '/paused',
  '/tunnel',
  '/tunnel/state',
  '/apps',
  '/apps/web',
  '/apps/web/release',
  '/access',
  '/labels',
  '/gateways',
  '/tunnels',
  '/stage',
  '/since',
  '/stages',
  '/aborted',
  '/to',
  '/variables',
  '/sshKeys',
  '/description',
];
const some = (of: readonly string[]) =>
  fc.uniqueArray(fc.constantFrom(...of), { minLength: 1, maxLength: 4 });
/** Anything: mostly refused. */
const wild = fc
  .record({
    paths: some(places),
    values: fc.option(some(values), { nil: undefined }),
    change: fc.constantFrom(undefined, undefined, 'advance', 'pause'),
    roles: some(['portal', 'deploy', 'root']),
    passkeys: fc.constantFrom(true, true, false, undefined),
  })
  .map(({ values: only, change, ...given }) =>
    only === undefined ? { ...given, change } : { ...given, only },
  );
const own = fc.constant({ roles: ['portal'], passkeys: true });
/** What may be given. */
const narrow = fc.oneof(
  fc.tuple(own, some(places.slice(1, 4)), some(['/paused', '/tunnel', '/tunnel/state', '/apps/web/release'])),
  fc.tuple(own, fc.constant(['rollouts/*/*.yaml']), some(['/paused', '/stage', '/since'])),
);
/** For keys from a clone. */
const wide = fc.record({ paths: some(places), roles: fc.constant(['deploy']) });
const rule = fc.oneof(
  { weight: 4, arbitrary: narrow.map(([given, paths, only]) => ({ ...given, paths, only })) },
  { weight: 3, arbitrary: wide },
  { weight: 1, arbitrary: wild },
);

test('a passkey alone changes nothing beyond its values, by no policy', async () => {
  let taken = 0;
  const policies: PolicyCache = new Map();
  await fuzzed(
    'reach of passkeys',
    fc.asyncProperty(
      fc.array(rule, { minLength: 1, maxLength: 5 }),
      fc.constantFrom(people.carol, people.doraPasskey),
      async (rules, signer) => {
        const asText = rules.map(each => JSON.stringify(each));
        const policy = passkeyPolicy(people, { version: 2, rules: asText });
        const line = passkeyLine(people, { rules: [] }, files);
        line.commit(people.alice, { 'trust/policy.yaml': policy });
        const { trusted } = await line.walk();
        // The policy itself is refused: nothing is signed under it.
        if (trusted.commit !== line.head) return;
        const { repository } = line;
        const before = { ...files, 'trust/policy.yaml': policy };
        for (const [path, from, to, isNarrow] of changes) {
          const after = new Map(Object.entries({ ...before, [path]: files[path].replace(from, to) }));
          const head = repository.commit({
            ...{ files: after, parents: [line.head], signer },
            ...{ message: 'A change\n\nTowline-Ref: acme/main\n', timeSec: startSec + 600 },
          });
          const reader = new ObjectReader(repository);
          const { signal } = new AbortController();
          const { stopped } = await walk({ reader, trusted, head, signal, policies });
          if (stopped !== undefined) continue;
          taken += 1;
          assert.ok(isNarrow, `${path}: ${from} → ${to} by ${asText.join(' ')}`);
        }
      },
    ),
    { runs: 60 },
  );
  assert.ok(taken > 0, 'some of it is taken');
});
