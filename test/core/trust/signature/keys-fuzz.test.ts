/** Keys and signatures that somebody else wrote, down to their packets: read, or refused, quickly. */
import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { before, describe, test } from 'node:test';
import fc from 'fast-check';
import { fingerprintsOf, readRecipientKeys } from '../../../../core/secrets/recipient-key.ts';
import { materialName } from '../../../../core/trust/signature/key-material.ts';
import { armoredFingerprints } from '../../../../core/trust/signature/openpgp-fingerprint.ts';
import { readOpenpgpKey } from '../../../../core/trust/signature/openpgp-key.ts';
import { openpgpKeyNumbers } from '../../../../core/trust/signature/openpgp-key-numbers.ts';
import { checkSignature } from '../../../../core/trust/signature/signature.ts';
import { certifiedKey } from '../../../../core/trust/signature/ssh-certificate.ts';
import { readSshPublicKey } from '../../../../core/trust/signature/ssh-public-key.ts';
import { tlsKeyNumbers } from '../../../../core/trust/signature/tls-key-numbers.ts';
import { KeyRing } from '../../../../core/trust/signature/trust-key.ts';
import { makeRepository } from '../../../../lab/rig/fleet-repository.ts';
import { makeGpgKey, makeSshKey } from '../../../../lab/rig/keys.ts';
import { fuzzed } from '../../../fuzz/fuzzed.ts';
import { edited, edits } from '../../../fuzz/mutation.ts';

/** The bytes of an armored block. */
function dearmored(armored: string): Buffer {
  const lines = armored.trim().split('\n').slice(1, -1);
  const body = lines.slice(lines.indexOf('') + 1).filter(line => !line.startsWith('='));
  return Buffer.from(body.join(''), 'base64');
}

function armored(label: string, bytes: Uint8Array): string {
  const lines =
    Buffer.from(bytes)
      .toString('base64')
      .match(/.{1,64}/g) ?? [];
  const blank = label.startsWith('PGP') ? '\n' : '';
  return `-----BEGIN ${label}-----\n${blank}${lines.join('\n')}\n-----END ${label}-----\n`;
}

/** The head of an SSH certificate: its type, a nonce and the key. */
const certificate = ['ssh-ed25519-cert-v01@openssh.com', 'nonce', 'k'.repeat(32)]
  .map(text => `\0\0\0${String.fromCharCode(text.length)}${text}`)
  .join('');

const now = new Date('2026-11-28T00:00:00Z');
const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const spki = publicKey.export({ type: 'spki', format: 'der' });

/** Readers of keys say in words what is wrong; whoever asks them gives it a code. */
function onlyErrors(read: () => unknown): void {
  try {
    read();
  } catch (error) {
    assert.ok(error instanceof Error);
  }
}

describe('keys and signatures, fuzzed', () => {
  const openpgp: string[] = [];
  let sshLine = '';
  const signed: { text: string; label: string; payload: Uint8Array; ring: KeyRing }[] = [];
  before(async () => {
    const repository = await makeRepository();
    const [pgp, rsa, ssh] = [
      await makeGpgKey(),
      await makeGpgKey({ algorithm: 'rsa2048' }),
      await makeSshKey(),
    ];
    for (const signer of [pgp, rsa]) openpgp.push(await signer.publicKey());
    sshLine = ssh.publicKey;
    for (const signer of [pgp, ssh]) {
      const commit = await repository.commit({ parents: [], signer, files: { a: '1' } });
      const raw = `${await repository.git(['cat-file', 'commit', commit])}\n`;
      const text = (/^gpgsig ([\s\S]*?)\n(?! )/m.exec(raw)?.[1] ?? '').replace(/\n /g, '\n');
      const payload = Buffer.from(raw.replace(/^gpgsig [\s\S]*?\n(?! )/m, ''));
      const keys =
        signer.kind === 'ssh'
          ? [readSshPublicKey(signer.publicKey)]
          : await readOpenpgpKey(await signer.publicKey());
      const ring = new KeyRing(keys.map(key => ({ principal: 'alice', key })));
      assert.equal(checkSignature(`${text}\n`, payload, ring, 'git').sound, true);
      signed.push({ text, label: signer.kind === 'ssh' ? 'SSH SIGNATURE' : 'PGP SIGNATURE', payload, ring });
    }
    await Promise.all([repository.remove(), pgp.remove(), rsa.remove(), ssh.remove()]);
  });

  test('OpenPGP keys, their text and their packets', async () => {
    await fuzzed(
      'OpenPGP keys',
      fc.asyncProperty(edits, fc.nat(1), fc.boolean(), async (changes, which, packets) => {
        const known = openpgp[which] ?? '';
        const hostile = packets
          ? armored('PGP PUBLIC KEY BLOCK', edited(dearmored(known), changes))
          : edited(Buffer.from(known), changes).toString('latin1');
        armoredFingerprints(hostile);
        onlyErrors(() => openpgpKeyNumbers(hostile).map(materialName));
        for (const read of [readOpenpgpKey, fingerprintsOf, (text: string) => readRecipientKeys(text, now)]) {
          await read(hostile).catch((error: unknown) => assert.ok(error instanceof Error));
        }
      }),
    );
  });

  test('SSH public keys', async () => {
    await fuzzed(
      'SSH keys',
      fc.property(edits, fc.boolean(), (changes, blob) => {
        const [type = '', base64 = ''] = sshLine.split(' ');
        const hostile = blob
          ? `${type} ${edited(Buffer.from(base64, 'base64'), changes).toString('base64')}`
          : edited(Buffer.from(sshLine), changes).toString('latin1');
        onlyErrors(() => readSshPublicKey(hostile));
        certifiedKey(edited(Buffer.from(certificate), changes));
        const der = edited(spki, changes);
        onlyErrors(() => materialName(tlsKeyNumbers(der.toString('base64'))));
      }),
    );
  });

  test('signatures whose packets were changed', async () => {
    await fuzzed(
      'signature packets',
      fc.property(edits, fc.nat(1), (changes, which) => {
        const found = signed[which];
        assert.ok(found);
        const hostile = armored(found.label, edited(dearmored(found.text), changes));
        checkSignature(hostile, found.payload, found.ring, 'git');
        assert.equal(checkSignature(hostile, Buffer.from('else'), found.ring, 'git').sound, false);
      }),
    );
  });
});
