/** What a page, a browser or a commit brings as a passkey's, damaged: refused in words, and never taken for another. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { assertionProblem } from '../../../core/webauthn/assertion.ts';
import { readAuthenticatorData } from '../../../core/webauthn/authenticator-data.ts';
import { readBrowserAssertion } from '../../../core/webauthn/browser-assertion.ts';
import { readClientData } from '../../../core/webauthn/client-data.ts';
import { readDerSignature } from '../../../core/webauthn/der-signature.ts';
import { passkeyLine, readPasskey } from '../../../core/webauthn/passkey.ts';
import { readSshAssertion, writeSshAssertion } from '../../../core/webauthn/ssh-assertion.ts';
import { fuzzed } from '../../fuzz/fuzzed.ts';
import { edited, edits, mutated } from '../../fuzz/mutation.ts';
import { SoftPasskey } from '../../rig/soft-authenticator.ts';

/** Readers say in words what is wrong; whoever asks them gives it a code. */
function inWords<Result>(read: () => Result): Result | undefined {
  try {
    return read();
  } catch (error) {
    assert.ok(error instanceof Error);
    return undefined;
  }
}

describe('passkeys, fuzzed', () => {
  const soft = new SoftPasskey();
  const { key, rpId } = readPasskey(soft.line);
  const challenge = Buffer.from('a challenge of this very login!!');
  const rules = { challenge, origins: [soft.origin], verification: 'required' } as const;
  const honest = soft.assert(challenge);
  const read = readBrowserAssertion(honest).assertion;
  const wire = writeSshAssertion(read);

  test('a signature of a commit has one spelling: with any byte changed it is refused', async () => {
    assert.equal(assertionProblem(readSshAssertion(wire, rpId), key, rules), undefined);
    await fuzzed(
      'signatures of passkeys',
      fc.property(mutated(wire), bytes => {
        const problem = inWords(() => assertionProblem(readSshAssertion(bytes, rpId), key, rules) ?? '');
        assert.equal(problem === '', bytes.equals(wire));
      }),
    );
  });

  test('what a page sends', async () => {
    await fuzzed(
      'assertions of browsers',
      fc.property(fc.constantFrom(...Object.keys(honest)), edits, (name, changes) => {
        const bytes = Buffer.from(
          Object.entries(honest).find(([key]) => key === name)?.[1] ?? '',
          'base64url',
        );
        const hostile = { ...honest, [name]: edited(bytes, changes).toString('base64url') };
        const found = inWords(() => readBrowserAssertion(hostile));
        const problem = found && inWords(() => assertionProblem(found.assertion, key, rules) ?? '');
        const isSame = Object.entries(hostile).every(
          ([key, value]) =>
            key === 'credentialId' || value === Object.entries(honest).find(([k]) => k === key)?.[1],
        );
        if (problem === '') assert.ok(isSame);
      }),
    );
  });

  test('its parts, and lines of the repository', async () => {
    await fuzzed(
      'parts of passkeys',
      fc.property(mutated(read.clientData, wire, soft.spki, Buffer.from(soft.line)), bytes => {
        inWords(() => readClientData(bytes));
        inWords(() => readAuthenticatorData(bytes));
        inWords(() => readDerSignature(bytes));
        inWords(() => passkeyLine({ publicKey: bytes, credentialId: soft.credentialId, rpId }));
        const line = bytes.toString('utf8');
        const found = inWords(() => readPasskey(line));
        if (found !== undefined)
          assert.equal(`${line.split(' ')[0]} ${found.key.lookup} ${found.credentialId}`, line);
      }),
    );
  });
});
