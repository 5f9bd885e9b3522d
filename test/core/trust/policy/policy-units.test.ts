/** Globs, the trailer, forge keys, and the approval statement's exact bytes. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readPlainYaml } from '../../../../core/trust/git/yaml-node.ts';
import { matchesGlob, parseGlob } from '../../../../core/trust/policy/glob.ts';
import type { Policy } from '../../../../core/trust/policy/policy.ts';
import { assertUsablePolicy, forgeKeys } from '../../../../core/trust/policy/policy-problem.ts';
import { readSshPublicKey } from '../../../../core/trust/signature/ssh-public-key.ts';
import { KeyRing } from '../../../../core/trust/signature/trust-key.ts';
import {
  formatApprovalFile,
  formatStatement,
  parseApprovalFile,
  parseStatement,
} from '../../../../core/trust/step/approval-statement.ts';
import { isMeantForMain } from '../../../../core/trust/step/intent.ts';
import { makeSshKey } from '../../../../lab/rig/keys.ts';

test('globs: * stays in a folder, ** crosses folders, dotfiles match, nothing else is special', () => {
  const cases: readonly [glob: string, path: string, matches: boolean][] = [
    ['a', 'a', true],
    ['a', 'a/b', false],
    ['a/*', 'a/b', true],
    ['a/*', 'a/.b', true],
    ['a/*', 'a/b/c', false],
    ['a/**', 'a/b/c', true],
    ['a/**', 'a', false],
    ['a/**', 'ab', false],
    ['**', 'a/b', true],
    ['**/c', 'c', true],
    ['**/c', 'a/b/c', true],
    ['**/c', 'a/bc', false],
    ['a/**/c', 'a/c', true],
    ['a/**/c', 'a/b/b/c', true],
    ['a/**/c', 'ac', false],
    ['a*c', 'abc', true],
    ['a*c', 'a/c', false],
    ['a**c', 'a/c', true],
    ['*.yaml', 'a.yaml', true],
    ['[a]', 'a', false],
    ['[a]', '[a]', true],
    ['?', 'a', false],
    ['{a,b}', 'a', false],
    ['é', 'e\u0301', false],
    ['A', 'a', false],
  ];
  for (const [glob, path, matches] of cases)
    assert.equal(matchesGlob(parseGlob(glob), path), matches, `${glob} ${path}`);
});

test('a glob of many stars takes no exponential time', () => {
  const start = process.cpuUsage();
  assert.equal(matchesGlob(parseGlob('**a*'.repeat(100)), 'a/'.repeat(500)), false);
  assert.ok(process.cpuUsage(start).user < 2_000_000);
});

test('the trailer counts once, at the end, with its exact value', () => {
  const cases: readonly [message: string, meant: boolean][] = [
    ['x\n\nTowline-Ref: f/main\n', true],
    ['x\n\nTowline-Ref: f/main', true],
    ['x\n\nSigned-off-by: a <a@a>\nTowline-Ref: f/main\n\n', true],
    ['x\r\n\r\nTowline-Ref: f/main\r\n', true],
    ['x\n\ntowline-ref: f/main\n', true],
    ['Towline-Ref: f/main\n', false],
    ['x\nTowline-Ref: f/main\n', false],
    ['x\n\nTowline-Ref: f/main\n\nlater\n', false],
    ['x\n\nprose\nTowline-Ref: f/main\n', false],
    ['x\n\nTowline-Ref: f/main\nTowline-Ref: f/main\n', false],
    ['Towline-Ref: f/main\n\nx\n\nTowline-Ref: f/main\n', false],
    ['x\n\nTowline-Ref: f/maintenance\n', false],
    ['x\n\nTowline-Ref: ff/main\n', false],
    ['x\n\nTowline-Ref: f/main extra\n', false],
    ['', false],
  ];
  for (const [message, meant] of cases)
    for (const walk of [1, 2])
      assert.equal(isMeantForMain(message, 'f', walk), meant, JSON.stringify(message));
});

test('the key of a forge is no principal', async () => {
  const key = await makeSshKey();
  const read = readSshPublicKey(key.publicKey);
  for (const id of forgeKeys) {
    const keys = new KeyRing([{ principal: 'alice', key: { ...read, kind: 'openpgp', id, lookup: id } }]);
    const policy: Policy = {
      fleet: 'f',
      version: 1,
      walk: 1,
      intent: 'main',
      principals: new Map(),
      passkeys: new Map(),
      keys,
      roles: new Map(),
      rules: [],
    };
    assert.throws(() => assertUsablePolicy(policy, 0), { code: 'TRUST_POLICY_FORGE_KEY' });
  }
  await key.remove();
});

test('an approval statement has exactly these bytes', () => {
  const statement = {
    fleet: 'acme',
    base: '1'.repeat(40),
    policyVersion: 3,
    nonce: 'ab'.repeat(16),
    timeSec: 1_700_000_000,
    expiresSec: 1_701_209_600,
    changes: [
      {
        path: 'a b',
        oldMode: '000000',
        oldId: '0'.repeat(40),
        newMode: '100644',
        newId: '2'.repeat(40),
        sha256: '3'.repeat(64),
      },
      {
        path: 'é',
        oldMode: '100755',
        oldId: '4'.repeat(40),
        newMode: '000000',
        newId: '0'.repeat(40),
        sha256: '0'.repeat(64),
      },
    ],
  } as const;
  const text =
    `towline approval v1\nfleet acme\nbranch main\nbase ${'1'.repeat(40)}\npolicy 3\nnonce ${'ab'.repeat(16)}\n` +
    'time 1700000000\nexpires 1701209600\nchanges 2\n\n' +
    `000000 ${'0'.repeat(40)} 100644 ${'2'.repeat(40)} ${'3'.repeat(64)} a b\0` +
    `100755 ${'4'.repeat(40)} 000000 ${'0'.repeat(40)} ${'0'.repeat(64)} é\0`;
  const bytes = formatStatement(statement);
  assert.equal(bytes.toString('utf8'), text);
  assert.deepEqual(parseStatement(bytes), statement);
  const file = formatApprovalFile(bytes, '-----BEGIN X-----\n');
  assert.deepEqual(parseApprovalFile(Buffer.from(file))?.statement, bytes);
  for (const bad of [
    text.replace('changes 2', 'changes 3'),
    text.replace('policy 3', 'policy 03'),
    `${text}x`,
    text.slice(0, -1),
  ]) {
    assert.equal(parseStatement(Buffer.from(bad)), undefined);
  }
});

test('plain YAML of 60,000 keys takes no quadratic time', () => {
  const start = process.cpuUsage();
  const keys = Array.from({ length: 60_000 }, (_, n) => `k${n}: 1\n`).join('');
  assert.equal(readPlainYaml(Buffer.from(keys)).kind, 'map');
  assert.throws(() => readPlainYaml(Buffer.from(`${keys}k7: 2\n`)), /a key twice/);
  assert.ok(process.cpuUsage(start).user < 6_000_000);
});
