/** The real protection: of two who must vouch, one signs from a clone, because a passkey approves nothing. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { approvalOf, makePasskeyPeople, passkeyLine, pump, pumpText } from '../../../rig/passkey-line.ts';

const people = makePasskeyPeople();
const { alice, carol, dora, doraPasskey } = people;
const opened = pumpText.replace('closed', 'open');
const options = {
  rules: ['{ paths: ["devices/**"], "only": [/paused, /tunnel/state], roles: [portal], passkeys: true }'],
  roles: [
    'root: { principals: [alice] }',
    'deploy: { principals: [alice, bob, dora] }',
    'portal: { principals: [alice, carol, dora], threshold: 2 }',
  ],
};

test('a passkey and an approval from a clone are two; a passkey alone, or twice of one person, is one', async () => {
  const cases = [
    { signer: carol, by: undefined, code: 'TRUST_THRESHOLD' },
    { signer: carol, by: { signer: alice, principal: 'alice' }, code: undefined },
    { signer: carol, by: { signer: dora, principal: 'dora' }, code: undefined },
    { signer: carol, by: { signer: doraPasskey, principal: 'dora' }, code: 'TRUST_PASSKEY_SIGNATURE' },
    { signer: doraPasskey, by: { signer: dora, principal: 'dora' }, code: 'TRUST_THRESHOLD' },
    { signer: dora, by: { signer: alice, principal: 'alice' }, code: undefined },
  ];
  for (const { signer, by, code } of cases) {
    const line = passkeyLine(people, options);
    const approval = by === undefined ? {} : approvalOf(line, { ...by, after: opened });
    line.commit(signer, { [pump]: opened, ...approval });
    const { stopped } = await line.walk();
    assert.equal(stopped?.code, code, stopped?.message);
  }
});

test('who is missing is named: one who has vouched by a passkey is not', async () => {
  const line = passkeyLine(people, options);
  line.commit(carol, { [pump]: opened });
  const { stopped } = await line.walk();
  assert.deepEqual(stopped?.vouched, ['carol by passkey']);
  assert.deepEqual(stopped?.missing, ['1 more of portal (alice, dora)']);
});
