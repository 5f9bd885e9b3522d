import assert from 'node:assert/strict';
import { test } from 'node:test';
import { commitFingerprint, signedPartOf } from '../../../core/trust/git/commit-fingerprint.ts';
import { makePasskeyPeople, passkeyLine, pump, pumpText } from '../../rig/passkey-line.ts';

test('a fingerprint has 100 bits in five groups, of letters that are not mistaken for each other', () => {
  assert.equal(commitFingerprint(Buffer.from('')), 'WERC-8GMR-ZGE1-96QV-YK49');
  const all = Array.from({ length: 500 }, (_, index) => commitFingerprint(Buffer.from(`${index}`)));
  for (const one of all) assert.match(one, /^(?:[0-9A-HJKMNP-TV-Z]{4}-){4}[0-9A-HJKMNP-TV-Z]{4}$/);
  assert.equal(new Set(all).size, all.length);
});

test('a commit has the same one before and after it is signed, whoever signs', async () => {
  const people = makePasskeyPeople();
  const { repository, anchor } = passkeyLine(people);
  const commit = {
    files: new Map([[pump, pumpText]]),
    parents: [anchor],
    message: 'A\n',
    timeSec: 1_700_000_000,
  };
  const of = async (id: string) => {
    const object = await repository.read(id);
    return commitFingerprint(signedPartOf(object?.bytes ?? Buffer.of(), id));
  };
  const unsigned = await of(repository.commit(commit));
  assert.equal(await of(repository.commit({ ...commit, signer: people.alice })), unsigned);
  assert.equal(await of(repository.commit({ ...commit, signer: people.carol })), unsigned);
  assert.notEqual(await of(repository.commit({ ...commit, timeSec: 1_700_000_001 })), unsigned);
});
