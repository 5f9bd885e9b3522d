/** Signatures of security keys, made by an authenticator in software; ssh-keygen is asked, too. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { createHash, generateKeyPairSync, sign } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { checkSignature } from '../../../../core/trust/signature/signature.ts';
import { readSshPublicKey } from '../../../../core/trust/signature/ssh-public-key.ts';
import { KeyRing } from '../../../../core/trust/signature/trust-key.ts';

const type = 'sk-ssh-ed25519@openssh.com';
const payload = Buffer.from('what is signed');

const field = (bytes: Buffer | string): Buffer => {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(Buffer.byteLength(bytes));
  return Buffer.concat([length, Buffer.from(bytes)]);
};
const sha256 = (bytes: Buffer | string): Buffer => createHash('sha256').update(bytes).digest();

function authenticator(): { line: string; signature(flags: number, application?: string): string } {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const point = Buffer.from(publicKey.export({ format: 'jwk' }).x ?? '', 'base64url');
  const wire = Buffer.concat([field(type), field(point), field('ssh:')]);
  return {
    line: `${type} ${wire.toString('base64')}`,
    signature: (flags, application = 'ssh:') => {
      const hash = createHash('sha512').update(payload).digest();
      const message = Buffer.concat([
        Buffer.from('SSHSIG'),
        field('git'),
        field(''),
        field('sha512'),
        field(hash),
      ]);
      const tail = Buffer.from([flags, 0, 0, 0, 7]);
      const raw = sign(null, Buffer.concat([sha256(application), tail, sha256(message)]), privateKey);
      const blob = Buffer.concat([
        Buffer.from('SSHSIG\0\0\0\x01'),
        ...[wire, 'git', '', 'sha512', Buffer.concat([field(type), field(raw), tail])].map(field),
      ]);
      const lines = blob.toString('base64').match(/.{1,70}/g) ?? [];
      return ['-----BEGIN SSH SIGNATURE-----', ...lines, '-----END SSH SIGNATURE-----', ''].join('\n');
    },
  };
}

async function sshKeygenAgrees(line: string, signature: string): Promise<boolean> {
  const folder = await mkdtemp(join(tmpdir(), 'tl-sk-'));
  try {
    await writeFile(join(folder, 'signers'), `a@b ${line}\n`);
    await writeFile(join(folder, 'sig'), signature);
    const args = [
      '-Y',
      'verify',
      '-n',
      'git',
      '-I',
      'a@b',
      '-f',
      join(folder, 'signers'),
      '-s',
      join(folder, 'sig'),
    ];
    return await new Promise(resolve => {
      const child = execFile('ssh-keygen', args, error => resolve(error === null));
      child.stdin?.on('error', () => undefined).end(payload);
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

test('a security key counts for its own application, touched or not, as ssh-keygen has it', async () => {
  const { line, signature } = authenticator();
  const ring = new KeyRing([{ principal: 'alice', key: readSshPublicKey(line) }]);
  const cases: readonly [string, boolean][] = [
    [signature(0x01), true],
    [signature(0x00), true],
    [signature(0x01, 'ssh:other'), false],
  ];
  for (const [armored, expected] of cases) {
    assert.equal(await sshKeygenAgrees(line, armored), expected);
    assert.equal(checkSignature(armored, payload, ring, 'git').sound, expected);
  }
});
