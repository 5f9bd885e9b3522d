/** A passkey logs in or signs, never both: what somebody does at login at an owned gateway must be no signature. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { MemoryKey } from '../../../../lab/rig/memory-repository.ts';
import {
  makePasskeyPeople,
  type PasskeyPolicy,
  passkeyLine,
  passkeyPolicy,
} from '../../../rig/passkey-line.ts';
import { SoftPasskey } from '../../../rig/soft-authenticator.ts';

const people = makePasskeyPeople();
const { alice, bob, carol, doraPasskey } = people;
const ssh = new MemoryKey().publicKey;
const operator = (passkeys: readonly string[], sshKeys: readonly string[] = [ssh]) =>
  `apiVersion: towline/v1\nsshKeys: ${JSON.stringify(sshKeys)}\npasskeys: ${JSON.stringify(passkeys)}\n`;
const login = new SoftPasskey();
const policy = (options: PasskeyPolicy) => passkeyPolicy(people, { version: 2, ...options });

/** What becomes of a step by root. */
async function verdict(
  changes: Readonly<Record<string, string>>,
  before: Readonly<Record<string, string>> = {},
) {
  const line = passkeyLine(people, {}, before);
  line.commit(alice, changes);
  return (await line.walk()).stopped?.code ?? 'taken';
}

describe('a passkey for login', () => {
  test('is given to an operator who signs by another', async () => {
    assert.equal(await verdict({ 'operators/carol.yaml': operator([login.line]) }), 'taken');
    assert.equal(
      await verdict(
        {
          'trust/policy.yaml': policy({
            rules: [],
            roles: ['root: { principals: [alice] }', 'deploy: { principals: [alice] }'],
          }),
        },
        { 'operators/carol.yaml': operator([login.line]) },
      ),
      'taken',
    );
  });

  const refused: readonly [name: string, changes: Record<string, string>, before: Record<string, string>][] =
    [
      ['it signs for the same person', { 'operators/carol.yaml': operator([carol.line]) }, {}],
      ['it signs for another', { 'operators/carol.yaml': operator([doraPasskey.line]) }, {}],
      [
        'it is another credential of that key',
        { 'operators/carol.yaml': operator([carol.line.replace(/ [^ ]+$/, ` ${'A'.repeat(43)}`)]) },
        {},
      ],
      [
        'a passkey that signs stands among SSH keys',
        { 'operators/dora.yaml': operator([], [doraPasskey.keyLine]) },
        {},
      ],
      [
        'the policy gains it as a passkey',
        { 'trust/policy.yaml': policy({ principals: { carol: `passkeys: ["${login.line}"]` } }) },
        { 'operators/carol.yaml': operator([login.line]) },
      ],
      [
        'the policy gains it as a security key',
        {
          'trust/policy.yaml': policy({
            principals: { bob: `ssh: ["${bob.publicKey}", "${login.keyLine}"]` },
          }),
        },
        { 'operators/carol.yaml': operator([login.line]) },
      ],
      [
        'both come at once',
        {
          'trust/policy.yaml': policy({ principals: { carol: `passkeys: ["${login.line}"]` } }),
          'operators/carol.yaml': operator([login.line]),
        },
        {},
      ],
    ];
  for (const [name, changes, before] of refused)
    test(`is refused where ${name}`, async () =>
      assert.equal(await verdict(changes, before), 'TRUST_POLICY_PASSKEY'));

  test('is not taken from another operator by who may write their own file alone', async () => {
    const rules = [
      '{ paths: ["operators/carol.yaml"], roles: [carols] }',
      '{ paths: ["operators/**"], roles: [deploy] }',
      '{ paths: ["devices/**"], "only": [/paused], roles: [portal], passkeys: true }',
    ];
    const roles = [
      'root: { principals: [alice] }',
      'deploy: { principals: [alice, dora] }',
      'portal: { principals: [carol, dora] }',
      'carols: { principals: [bob] }',
    ];
    const line = passkeyLine(people, { rules, roles }, { 'operators/dora.yaml': operator([login.line]) });
    line.commit(bob, { 'operators/carol.yaml': operator([login.line]) });
    const { stopped } = await line.walk();
    assert.equal(stopped?.code, 'TRUST_WRONG_PATH');
    assert.match(stopped?.message ?? '', /takes its key/);
  });
});
