/** Whatever a page asks for: it changes devices, groups or rollouts, or is refused in words; and the message says what it is. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { commitOf } from '../../../core/change/commit-of.ts';
import { isTowlineError } from '../../../core/errors.ts';
import { makeDeviceKeys, sshPublicKey, tlsPublicKey } from '../../../core/io/device-keys.ts';
import { ObjectReader } from '../../../core/trust/git/object-reader.ts';
import { finalTrailers, intentTrailer, isMeantForMain } from '../../../core/trust/step/intent.ts';
import { MemoryRepository } from '../../../lab/rig/memory-repository.ts';
import { isIntent } from '../../../portal/api/bodies.generated.js';
import { commandOf } from '../../../portal/change/command-of.ts';
import { intended } from '../../../portal/change/intended.ts';
import { fuzzed } from '../../fuzz/fuzzed.ts';

const rollout = [
  'apiVersion: towline/v1',
  ...[
    'app: hello',
    'from: [1.0.0]',
    'to: 1.1.0',
    'stage: 0',
    'stages: [{ name: all, select: { all: true } }]',
  ],
  '',
].join('\n');
const keys = makeDeviceKeys('pump-1');
const keyLines = `keys:\n  tls: ${tlsPublicKey(keys)}\n  ssh: ${sshPublicKey(keys)}\n`;
const files = new Map([
  [
    'fleet.yaml',
    'apiVersion: towline/v1\nname: acme\ngateways: [{ address: "g:1", tlsPins: ["sha256:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="] }]\n',
  ],
  ['groups/canary.yaml', 'apiVersion: towline/v1\napps: { hello: { release: 1.0.0 } }\n'],
  ['devices/pump-1.yaml', `apiVersion: towline/v1\ngroups: [canary]\n${keyLines}`],
  ['devices/north/pump-2.yaml', 'apiVersion: towline/v1\npaused: true # at work\n'],
  ['apps/hello/compose.yaml', 'services: { web: { image: a } }\n'],
  ['rollouts/hello/r1.yaml', rollout],
]);
for (const version of ['1.0.0', '1.1.0'])
  files.set(
    `apps/hello/releases/${version}/release.yaml`,
    `apiVersion: towline/v1\nversion: ${version}\nimages: { web: { image: a, digest: "sha256:${'a'.repeat(64)}" } }\n`,
  );
const repository = new MemoryRepository();
const base = repository.commit({ files, parents: [], message: 'x\n', timeSec: 1_790_000_000 });

const word = fc.oneof(
  fc.constantFrom('pump-1', 'pump-2', 'hello', 'hello/r1', 'canary', '1.1.0', '2h', '14d', 'alice'),
  fc.constantFrom(
    '../trust/policy',
    'trust/policy.yaml',
    '__proto__',
    'a\u202eb',
    "'; rm -rf ~ #",
    '--yes',
    '',
  ),
  fc.constantFrom(
    'x\n\nTowline-Ref: acme/main',
    'Towline-Ref: evil/main',
    `Towline-Joins: ${'a'.repeat(40)}`,
  ),
  fc.string({ maxLength: 40 }),
);
const kinds = [
  'pause-device',
  'resume-device',
  'open-tunnel',
  'close-tunnel',
  'promote-rollout',
  'pause-rollout',
  'resume-rollout',
  'abort-rollout',
  'assign-release',
  'pin',
  'unpin',
  'write-file',
];
/** Mostly what there is. */
const mostly = (...honest: string[]) =>
  fc.oneof({ weight: 6, arbitrary: fc.constantFrom(...honest) }, { weight: 1, arbitrary: word });
const intents = fc.record(
  {
    intent: fc.constantFrom(...kinds),
    devices: fc.array(mostly('pump-1', 'pump-2'), { minLength: 1, maxLength: 2 }),
    ...{ device: mostly('pump-1'), app: mostly('hello'), rollout: mostly('hello/r1'), reason: word },
    ...{ for: mostly('2h', '20m'), until: mostly('14d'), release: mostly('1.1.0'), group: mostly('canary') },
    allow: fc.array(word, { maxLength: 2 }),
    ...{ now: fc.boolean(), files: word },
  },
  { requiredKeys: ['intent', 'devices', 'device', 'app', 'rollout', 'release'] },
);
/** As a page that is whole asks: with the members of this kind alone. */
const members: Readonly<Record<string, readonly string[]>> = {
  'pause-device': ['devices', 'app', 'reason'],
  'resume-device': ['devices', 'app'],
  'open-tunnel': ['device', 'for', 'reason', 'allow'],
  'close-tunnel': ['device'],
  'promote-rollout': ['rollout', 'now'],
  'pause-rollout': ['rollout', 'reason'],
  'resume-rollout': ['rollout'],
  'abort-rollout': ['rollout', 'reason'],
  'assign-release': ['app', 'release', 'device', 'group'],
  pin: ['device', 'app', 'release', 'until', 'reason'],
  unpin: ['device', 'app'],
};
const whole = intents.map(asked =>
  Object.fromEntries(
    Object.entries(asked).filter(([name]) => name === 'intent' || members[asked.intent]?.includes(name)),
  ),
);

const person = { name: 'alice', email: 'alice@acme', timeSec: 1_790_000_100, zone: '+0000' };

test('an intent changes files of devices, groups and rollouts alone, or is refused', async () => {
  let made = 0;
  await fuzzed(
    'intents of pages',
    fc.asyncProperty(fc.oneof(intents, whole, whole), async asked => {
      if (!isIntent(asked)) return;
      const reader = new ObjectReader(repository);
      const at = { files: reader, commit: base };
      const place = { at, versions: async () => [base], nowMs: 1_790_000_100_000 };
      const change = await intended(asked, place).catch((error: unknown) => {
        assert.ok(isTowlineError(error), String(error));
        return undefined;
      });
      if (change === undefined) return;
      made += 1;
      for (const path of change.files.keys())
        assert.match(
          path,
          /^(?:devices|groups)\/(?:[a-z0-9-]+\/)*[a-z0-9-]+\.yaml$|^rollouts\/hello\/r1\.yaml$/,
        );
      const message = `${change.message}\n\n${intentTrailer('acme')}\n`;
      const tokens = finalTrailers(message, 2).map(({ token }) => token);
      assert.deepEqual(tokens, ['Towline-Ref'], 'whatever a reason says, no trailer comes of it');
      assert.ok(isMeantForMain(message, 'acme', 2) || /towline-ref/i.test(change.message));
      await commitOf({ reader, base, changes: change.files, message, author: person, committer: person });
      assert.doesNotMatch(commandOf(asked).replaceAll(/'(?:[^']|'\\'')*'/g, ''), /[;|&$`<>\n]/);
    }),
  );
  assert.ok(made > 0, 'some of them are changes');
});
