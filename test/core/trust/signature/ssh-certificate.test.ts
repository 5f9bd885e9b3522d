/** A signature by an SSH certificate names the fingerprint that ssh-keygen and git name. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFile, rename } from 'node:fs/promises';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { GitCatFileSource } from '../../../../core/io/git/git-object-source.ts';
import { ObjectReader } from '../../../../core/trust/git/object-reader.ts';
import { checkSignature } from '../../../../core/trust/signature/signature.ts';
import { KeyRing } from '../../../../core/trust/signature/trust-key.ts';
import { makeRepository } from '../../../../lab/rig/fleet-repository.ts';
import { makeSshKey } from '../../../../lab/rig/keys.ts';

const execute = promisify(execFile);

for (const [type, bits] of [['ed25519'], ['rsa', 2048], ['ecdsa', 256], ['ecdsa', 521]] as const)
  test(`a certificate of an ${type} key${bits === undefined ? '' : ` of ${bits} bits`}`, async () => {
    const [authority, key, repository] = [
      await makeSshKey(),
      await makeSshKey(type, bits),
      await makeRepository(),
    ];
    try {
      const plain = await readFile(`${key.file}.pub`, 'utf8');
      await execute('ssh-keygen', [
        '-q',
        '-s',
        authority.file,
        '-I',
        'alice',
        '-n',
        'alice',
        `${key.file}.pub`,
      ]);
      await rename(`${key.file}-cert.pub`, `${key.file}.pub`);
      const id = await repository.commit({ parents: [], signer: key, files: { a: '1' } });
      await using source = new GitCatFileSource(repository.path);
      const { signature } = await new ObjectReader(source).commit(id);
      const { armored = '', payload = Buffer.alloc(0) } = signature ?? {};
      const evidence = checkSignature(armored, payload, new KeyRing([]), 'git');
      assert.ok(!evidence.sound);
      assert.equal(evidence.code, 'TRUST_UNKNOWN_KEY');
      const shown = await execute('sh', ['-c', `printf '%s' "$0" | ssh-keygen -lf -`, plain]);
      const fingerprint = shown.stdout.split(' ')[1] ?? '';
      assert.match(fingerprint, /^SHA256:/);
      assert.ok(evidence.message.includes(`SSH certificate of key ${fingerprint};`), evidence.message);
    } finally {
      await Promise.all([authority.remove(), key.remove(), repository.remove()]);
    }
  });
