/** A policy that gives a passkey too much is refused, each way; so are words that walk 1 does not know. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  makePasskeyPeople,
  narrowRule,
  type PasskeyPolicy,
  passkeyLine,
  passkeyPolicy,
} from '../../../rig/passkey-line.ts';
import { SoftPasskey } from '../../../rig/soft-authenticator.ts';

const people = makePasskeyPeople();
const { carol } = people;

/** What becomes of a step by root that brings this policy. */
async function verdict(options: PasskeyPolicy, before: PasskeyPolicy = {}): Promise<string> {
  const line = passkeyLine(people, before);
  line.commit(people.alice, { 'trust/policy.yaml': passkeyPolicy(people, { version: 2, ...options }) });
  const { stopped } = await line.walk();
  return stopped === undefined ? 'taken' : `${stopped.code}: ${stopped.message}`;
}

const rule = (body: string) => ({ rules: [`{ ${body}, roles: [portal], passkeys: true }`, narrowRule] });
const roles = (...more: readonly string[]) => [
  'root: { principals: [alice] }',
  'deploy: { principals: [alice, bob, dora] }',
  'portal: { principals: [carol, dora] }',
  ...more,
];

describe('a policy with passkeys', () => {
  const taken: readonly [name: string, options: PasskeyPolicy][] = [
    [
      'with narrow values of devices, groups and fleet.yaml',
      rule(
        'paths: ["devices/**", "groups/*.yaml", fleet.yaml], "only": [/paused, /tunnel, /tunnel/state, /apps/web/release, /apps/web/next, /apps/web/pinned, /apps/web/paused]',
      ),
    ],
    [
      'with stage and pause of rollouts',
      rule('paths: ["rollouts/*/*.yaml"], "only": [/stage, /since, /paused, /reason]'),
    ],
    ['with the steps of a rollout', rule('paths: ["rollouts/*/*.yaml"], change: advance')],
    ['with the pause of a rollout', rule('paths: ["rollouts/*/*.yaml"], change: pause')],
    [
      'that counts them nowhere, of one who has another key',
      {
        rules: [],
        principals: { carol: 'ssh: []' },
        roles: roles().map(role => role.replace('carol, ', '')),
      },
    ],
    [
      'that says no to them',
      { rules: [narrowRule, '{ paths: ["groups/**"], roles: [deploy], passkeys: false }'] },
    ],
  ];
  for (const [name, options] of taken)
    test(`is taken: ${name}`, async () => assert.equal(await verdict(options), 'taken'));

  const wide: readonly [name: string, body: string][] = [
    ['a rule without only and change', 'paths: ["devices/**"]'],
    ['trust/**', 'paths: ["trust/**"], "only": [/paused]'],
    ['operators/**', 'paths: ["operators/*.yaml"], "only": [/paused]'],
    ['approvals/**', 'paths: ["approvals/**"], "only": [/paused]'],
    ['apps', 'paths: ["apps/*/app.yaml"], "only": [/paused]'],
    ['everything', 'paths: ["**"], "only": [/paused]'],
    ['anything that a star may be', 'paths: ["*/eu.yaml"], "only": [/paused]'],
    ['one path too many', 'paths: ["devices/**", "operators/**"], "only": [/paused]'],
    ['a folder that is only called alike', 'paths: ["fleet.yaml/**"], "only": [/paused]'],
    ['the whole of access', 'paths: ["devices/**"], "only": [/access]'],
    ['one value of access', 'paths: ["devices/**"], "only": [/access/logins]'],
    ['access beside a narrow value', 'paths: ["devices/**"], "only": [/paused, /access/services]'],
    ['the reach of tunnels', 'paths: [fleet.yaml], "only": [/tunnels]'],
    ['gateways', 'paths: [fleet.yaml], "only": [/gateways]'],
    ['data put back', 'paths: ["devices/**"], "only": [/restore]'],
    ['keys', 'paths: ["devices/**"], "only": [/keys]'],
    ['the engine', 'paths: ["groups/**"], "only": [/engine]'],
    ['all of an app', 'paths: ["groups/**"], "only": [/apps/web]'],
    ['all apps', 'paths: ["groups/**"], "only": [/apps]'],
    ['variables of an app', 'paths: ["groups/**"], "only": [/apps/web/variables]'],
    ['the empty key', 'paths: ["groups/**"], "only": [/]'],
    ['an app without a name', 'paths: ["groups/**"], "only": [/apps//release]'],
    ['stages of a rollout', 'paths: ["rollouts/**"], "only": [/stages]'],
    ['a hold of a rollout', 'paths: ["rollouts/**"], "only": [/stages/0/hold]'],
    ['the end of a rollout', 'paths: ["rollouts/**"], "only": [/aborted]'],
    ['the release of a rollout', 'paths: ["rollouts/**"], "only": [/to]'],
    ['whole rollouts', 'paths: ["rollouts/**"]'],
    ['a tunnel in rollouts', 'paths: ["rollouts/**", "devices/**"], "only": [/tunnel]'],
    ['the steps of files that are no rollouts', 'paths: ["operators/**"], change: pause'],
  ];
  test('is refused where a rule counts them for root, alone or beside another role', async () => {
    for (const named of ['root', 'portal, root']) {
      const body = `{ paths: ["devices/**"], "only": [/paused], roles: [${named}], passkeys: true }`;
      const why = /^TRUST_POLICY_PASSKEY: rule 1 counts passkeys for role root/;
      assert.match(await verdict({ rules: [body, narrowRule] }), why);
    }
  });

  for (const [name, body] of wide)
    test(`is refused where a rule counts them for ${name}`, async () =>
      assert.match(await verdict(rule(body)), /^TRUST_POLICY_PASSKEY: rule 1 counts passkeys for/));

  const lines = (passkey: SoftPasskey): string => `passkeys: ["${passkey.line}"]`;
  const refused: readonly [name: string, options: PasskeyPolicy, why: RegExp][] = [
    [
      'somebody with passkeys alone is in root',
      {
        roles: roles().map(role =>
          role.replace('root: { principals: [alice]', 'root: { principals: [alice, carol]'),
        ),
      },
      /PASSKEY: carol has passkeys alone.*role root/,
    ],
    [
      'somebody with passkeys alone stamps',
      { roles: roles('timestamp: { principals: [eve] }'), principals: { eve: lines(new SoftPasskey()) } },
      /PASSKEY: eve has passkeys alone.*role timestamp/,
    ],
    [
      'a rule that does not count them names a role of passkeys alone',
      { rules: ['{ paths: ["groups/**"], "only": [/paused], roles: [portal] }', narrowRule] },
      /PASSKEY: carol has passkeys alone.*role portal by rule 1/,
    ],
    ['no page is named', { webauthn: '' }, /PASSKEY: carol has passkeys, and there is no `webauthn`/],
    [
      'no page belongs to the RP id',
      { webauthn: '{ origins: ["https://portal.example"] }' },
      /PASSKEY: a passkey of carol is of portal.acme.example/,
    ],
    [
      'a page only ends alike',
      { webauthn: '{ origins: ["https://evilportal.acme.example"] }' },
      /PASSKEY: a passkey of carol/,
    ],
    [
      'an origin is spelt with its default port',
      { webauthn: `{ origins: ["${carol.origin}:443"] }` },
      /INVALID: .*as browsers write/,
    ],
    ['an origin has a path', { webauthn: `{ origins: ["${carol.origin}/"] }` }, /INVALID/],
    ['an origin is not under TLS', { webauthn: '{ origins: ["http://portal.acme.example"] }' }, /INVALID/],
    [
      'verification is discouraged',
      { webauthn: `{ origins: ["${carol.origin}"], verification: discouraged }` },
      /INVALID/,
    ],
    [
      'a passkey is another key of the same person, too',
      { principals: { dora: `ssh: ["${people.doraPasskey.keyLine}"], ${lines(people.doraPasskey)}` } },
      /PASSKEY: key .* of dora stands as a passkey and/,
    ],
    [
      'a passkey is the key of another',
      { principals: { bob: `ssh: ["${people.doraPasskey.keyLine}"]` } },
      /SHARED_KEY|PASSKEY/,
    ],
    ['two have one passkey', { principals: { dora: lines(carol) } }, /SHARED_KEY/],
    [
      'a threshold would need two passkeys',
      {
        roles: roles('two: { principals: [carol, eve], threshold: 2 }'),
        rules: [narrowRule, '{ paths: ["groups/**"], "only": [/paused], roles: [two], passkeys: true }'],
        principals: { eve: lines(new SoftPasskey()) },
      },
      /THRESHOLD: role two needs 2 and has 1/,
    ],
    [
      'a passkey has no credential id',
      { principals: { carol: `passkeys: ["${carol.keyLine}"]` } },
      /INVALID/,
    ],
    [
      'a passkey is a plain security key',
      { principals: { carol: `passkeys: ["${new SoftPasskey('https://x.example', 'ssh:').line}"]` } },
      /KEY: key of carol: .*no host name/,
    ],
  ];
  for (const [name, options, why] of refused)
    test(`is refused where ${name}`, async () => assert.match(await verdict(options), why));

  test('is refused at walk 1, word by word, and taken with the step that raises the walk', async () => {
    const old: PasskeyPolicy = {
      walk: 1,
      webauthn: '',
      rules: [],
      roles: roles().map(role => role.replace('carol, ', '')),
      principals: { carol: 'ssh: []', dora: `ssh: ["${people.dora.publicKey}"]` },
    };
    const words: readonly PasskeyPolicy[] = [
      { ...old, webauthn: `{ origins: ["${carol.origin}"] }` },
      { ...old, principals: { ...old.principals, carol: lines(carol) } },
      { ...old, rules: [narrowRule] },
      { ...old, rules: [narrowRule.replace('passkeys: true', 'passkeys: false')] },
    ];
    for (const options of words)
      assert.match(await verdict(options, old), /^TRUST_POLICY_INVALID: .*a word of walk 2/);
    assert.equal(await verdict({}, old), 'taken');
  });
});
