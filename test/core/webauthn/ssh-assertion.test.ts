/** A commit that a passkey signs is one that stock git verifies. */
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { readArmor } from '../../../core/trust/signature/armor.ts';
import { readSshBlob } from '../../../core/trust/signature/ssh-blob.ts';
import { readBrowserAssertion } from '../../../core/webauthn/browser-assertion.ts';
import { readPasskey } from '../../../core/webauthn/passkey.ts';
import { commitSignatureOf, isOfWebauthn, signingChallenge } from '../../../core/webauthn/ssh-assertion.ts';
import { makeRepository } from '../../../lab/rig/fleet-repository.ts';
import { SoftPasskey } from '../../rig/soft-authenticator.ts';

const soft = new SoftPasskey();
const { key } = readPasskey(soft.line);
const rules = { origins: [soft.origin], verification: 'required' } as const;

/** The signature as a page gets it: its challenge is made of the payload, its answer is put together. */
function signed(payload: Buffer): string {
  const { assertion } = readBrowserAssertion(soft.assert(signingChallenge(payload)));
  return commitSignatureOf(payload, assertion, key, rules);
}

test('git verify-commit takes what a passkey signed, and not with another message', async () => {
  const repository = await makeRepository();
  try {
    const base = await repository.commit({ parents: [], files: { a: '1' } });
    const signers = join(repository.path, 'signers');
    await writeFile(signers, `alice namespaces="git" ${soft.keyLine}\n`);
    const settings = ['-c', 'gpg.format=ssh', '-c', `gpg.ssh.allowedSignersFile=${signers}`];
    const tree = await repository.git(['rev-parse', `${base}^{tree}`]);
    const person = 'Alice <alice@acme.example> 1764500000 +0000';
    const head = `tree ${tree}\nparent ${base}\nauthor ${person}\ncommitter ${person}\n`;
    const message = 'Pause pump-1\n\nTowline-Ref: acme/main\n';
    const armored = signed(Buffer.from(`${head}\n${message}`)).replaceAll('\n', '\n ');
    const store = (text: string): Promise<string> =>
      repository.store('commit', `${head}gpgsig ${armored}\n\n${text}`);
    await repository.git([...settings, 'verify-commit', await store(message)]);
    const other = await store(message.replace('Pause', 'Erase'));
    await assert.rejects(repository.git([...settings, 'verify-commit', other]));
  } finally {
    await repository.remove();
  }
});

test('what a page answers for other bytes, or at login, becomes no signature', () => {
  const payload = Buffer.from('this commit');
  const forOther = readBrowserAssertion(soft.assert(signingChallenge(Buffer.from('that commit'))));
  assert.throws(() => commitSignatureOf(payload, forOther.assertion, key, rules), /other bytes/);
  const login = readBrowserAssertion(soft.assert(Buffer.alloc(32, 7)));
  assert.throws(() => commitSignatureOf(payload, login.assertion, key, rules), /other bytes/);
});

test('what is put together is what an honest browser and SSH would make', () => {
  const armored = signed(Buffer.from('a commit'));
  const bytes = readArmor(armored, 'SSH SIGNATURE');
  assert.ok(bytes !== undefined);
  const blob = readSshBlob(bytes);
  assert.ok(isOfWebauthn(blob.signature));
  assert.deepEqual([blob.namespace, blob.hash, blob.wire.toString('base64')], ['git', 'sha512', key.lookup]);
});
