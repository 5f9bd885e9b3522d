/** Whatever the bytes: readers answer or throw our own error, quickly, and never anything else. */
import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import fc from 'fast-check';
import { parseCommit } from '../../../core/trust/git/commit-object.ts';
import { parseTree } from '../../../core/trust/git/tree-object.ts';
import { readPlainYaml } from '../../../core/trust/git/yaml-node.ts';
import { parsePolicy } from '../../../core/trust/policy/policy.ts';
import { readOpenpgpKey } from '../../../core/trust/signature/openpgp-key.ts';
import { checkSignature } from '../../../core/trust/signature/signature.ts';
import { readSshPublicKey } from '../../../core/trust/signature/ssh-public-key.ts';
import { KeyRing } from '../../../core/trust/signature/trust-key.ts';
import {
  formatApprovalFile,
  formatStatement,
  parseApprovalFile,
  parseStatement,
} from '../../../core/trust/step/approval-statement.ts';
import { makeRepository } from '../../../lab/rig/fleet-repository.ts';
import { makeGpgKey, makeSshKey } from '../../../lab/rig/keys.ts';
import { fuzzed } from '../../fuzz/fuzzed.ts';
import { mutated, onlyOurErrors } from '../../fuzz/mutation.ts';

const id = '0'.repeat(40);

describe('fuzzed input', () => {
  const signed: { raw: Buffer; ring: KeyRing }[] = [];
  let tree: Buffer;
  before(async () => {
    const repository = await makeRepository();
    const [pgp, ssh] = [await makeGpgKey(), await makeSshKey()];
    for (const signer of [pgp, ssh]) {
      const commit = await repository.commit({ parents: [], signer, files: { 'a/b': '1', c: '2' } });
      const keys =
        signer.kind === 'ssh'
          ? [readSshPublicKey(signer.publicKey)]
          : await readOpenpgpKey(await signer.publicKey());
      const ring = new KeyRing(keys.map(key => ({ principal: 'alice', key })));
      signed.push({ raw: Buffer.from(`${await repository.git(['cat-file', 'commit', commit])}\n`), ring });
    }
    const ids = [
      await repository.git(['rev-parse', 'main:a']),
      await repository.git(['rev-parse', 'main:c']),
    ];
    tree = Buffer.concat(
      ['40000 a\0', '100644 c\0'].flatMap((head, n) => [Buffer.from(head), Buffer.from(ids[n] ?? '', 'hex')]),
    );
    await Promise.all([repository.remove(), pgp.remove(), ssh.remove()]);
  });

  test('commits and trees', async () => {
    for (const { raw } of signed)
      await fuzzed(
        'commits',
        fc.property(mutated(raw), bytes => void onlyOurErrors(() => parseCommit(bytes, id))),
      );
    await fuzzed(
      'trees',
      fc.property(
        fc.oneof(mutated(tree), fc.uint8Array({ maxLength: 200 })),
        bytes => void onlyOurErrors(() => parseTree(bytes, id)),
      ),
    );
  });

  test('a mutated commit never verifies, unless the armor alone says the same in another way', async () => {
    for (const { raw, ring } of signed) {
      const original = parseCommit(raw, id);
      await fuzzed(
        'mutated commits do not verify',
        fc.property(mutated(raw), bytes => {
          onlyOurErrors(() => {
            const { signature } = parseCommit(bytes, id);
            if (signature === undefined) return;
            const evidence = checkSignature(signature.armored, signature.payload, ring, 'git');
            if (evidence.sound)
              assert.deepEqual(
                Buffer.from(signature.payload),
                Buffer.from(original.signature?.payload ?? []),
              );
          });
        }),
      );
    }
  });

  test('signatures of any bytes', async () => {
    for (const { ring } of signed) {
      for (const label of ['PGP', 'SSH']) {
        await fuzzed(
          'signatures of any bytes',
          fc.property(fc.uint8Array({ maxLength: 300 }), bytes => {
            const body = Buffer.from(bytes).toString('base64');
            const armored = `-----BEGIN ${label} SIGNATURE-----\n${label === 'PGP' ? '\n' : ''}${body}\n-----END ${label} SIGNATURE-----\n`;
            assert.equal(checkSignature(armored, Buffer.of(1), ring, 'git').sound, false);
          }),
        );
      }
    }
  });

  test('policies, approvals and plain YAML', async () => {
    const policy = Buffer.from(
      'apiVersion: towline/v1\nfleet: f\nversion: 1\nprincipals: { a: {} }\nroles: { root: { principals: [a] } }\n',
    );
    const passkeys = Buffer.from(
      'apiVersion: towline/v1\nfleet: f\nversion: 1\nwalk: 2\nwebauthn: { origins: ["https://a.example:8443"] }\nprincipals: { a: {} }\nroles: { root: { principals: [a] } }\nrules:\n  - { paths: ["devices/**", fleet.yaml], "only": [/paused, /apps/a/release], roles: [root], passkeys: true }\n',
    );
    await fuzzed(
      'policies',
      fc.property(mutated(policy, passkeys), bytes => void onlyOurErrors(() => parsePolicy(bytes))),
    );
    await fuzzed(
      'plain YAML',
      fc.property(mutated(policy), bytes => {
        try {
          readPlainYaml(bytes);
        } catch (error) {
          assert.ok(error instanceof Error);
        }
      }),
    );
    const change = {
      path: 'a',
      oldMode: '000000',
      oldId: id,
      newMode: '100644',
      newId: '1'.repeat(40),
      sha256: '2'.repeat(64),
    } as const;
    const statement = formatStatement({
      fleet: 'f',
      base: '3'.repeat(40),
      policyVersion: 1,
      nonce: '4'.repeat(32),
      timeSec: 1,
      expiresSec: 2,
      changes: [change],
    });
    await fuzzed(
      'statements',
      fc.property(mutated(statement), bytes => {
        const parsed = parseStatement(bytes);
        if (parsed !== undefined) assert.deepEqual(formatStatement(parsed), bytes);
      }),
    );
    const file = Buffer.from(formatApprovalFile(statement, '-----BEGIN X-----\n'));
    await fuzzed(
      'approval files',
      fc.property(mutated(file), bytes => void parseApprovalFile(bytes)),
    );
  });
});
