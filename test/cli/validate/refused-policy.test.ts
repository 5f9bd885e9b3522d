/** A policy before which devices would stop is told where people look first: with the line of the rule. */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';
import { parse, stringify } from 'yaml';
import { SoftPasskey } from '../../rig/soft-authenticator.ts';
import { makeFleet } from '../fleet.ts';
import { towline } from '../towline.ts';

const passkey = new SoftPasskey('https://portal.acme.example');
const webauthn = { origins: ['https://portal.acme.example'] };
const pointers = (...only: readonly string[]) => ({ only });
const narrow = { paths: ['devices/**'], ...pointers('/paused'), roles: ['portal'], passkeys: true };

test('a rule that gives passkeys too much, and whatever else no device would take of a policy, is a problem', async () => {
  await using fleet = await makeFleet();
  const file = 'trust/policy.yaml';
  const before = parse(await readFile(path.join(fleet.directory, file), 'utf8'));
  const { root } = before.roles;
  const withPasskey = {
    ...before,
    ...{ walk: 2, version: before.version + 1, webauthn },
    principals: { ...before.principals, carol: { passkeys: [passkey.line] } },
    roles: { ...before.roles, portal: { principals: ['carol'] } },
    rules: [...(before.rules ?? []), narrow],
  };
  const number = withPasskey.rules.length;
  const but = (rule: object) => ({ rules: withPasskey.rules.with(number - 1, { ...narrow, ...rule }) });
  const refused: readonly [name: string, change: object, code: string, where: RegExp][] = [
    ['access', but(pointers('/access')), 'TRUST_POLICY_PASSKEY', /^\s+- paths|paths/],
    ['everything', but({ paths: ['**'] }), 'TRUST_POLICY_PASSKEY', /paths/],
    ['walk 1', { walk: 1 }, 'TRUST_POLICY_INVALID', /./],
    ['a role that is not there', but({ roles: ['nobody'] }), 'TRUST_POLICY_INVALID', /paths/],
    [
      'a passkey alone in root',
      { roles: { ...withPasskey.roles, root: { ...root, principals: [...root.principals, 'carol'] } } },
      'TRUST_POLICY_PASSKEY',
      /./,
    ],
    ['no page', { webauthn: undefined }, 'TRUST_POLICY_PASSKEY', /./],
    [
      'a threshold that nobody reaches',
      { roles: { ...withPasskey.roles, portal: { principals: ['carol'], threshold: 2 } } },
      'TRUST_POLICY_THRESHOLD',
      /./,
    ],
  ];
  await fleet.write(file, stringify(withPasskey));
  const taken = await towline(['validate', fleet.directory, '--worktree']);
  assert.equal(taken.code, 0, taken.output + taken.errors);
  for (const [name, change, code, where] of refused) {
    const text = stringify({ ...withPasskey, ...change });
    await fleet.write(file, text);
    const { code: exit, output } = await towline(['validate', fleet.directory, '--worktree', '--json']);
    assert.equal(exit, 1, name);
    const { problems } = JSON.parse(output);
    assert.deepEqual(
      problems.map((problem: { file: string; code: string }) => [problem.file, problem.code]),
      [[file, code]],
      name,
    );
    assert.match(text.split('\n')[problems[0].line - 1] ?? '', where, name);
  }
});
