/** Armor as ssh-keygen and gpg write it, of any length. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readArmor } from '../../../../core/trust/signature/armor.ts';

/** gpg has lines of 64 characters, ssh-keygen of 70: only these can leave padding alone on a line. */
function armored(label: string, bytes: Buffer, lineCharacters: number, last: readonly string[] = []): string {
  const lines = bytes.toString('base64').match(new RegExp(`.{1,${lineCharacters}}`, 'g')) ?? [];
  const head = label.startsWith('PGP') ? [''] : [];
  return [`-----BEGIN ${label}-----`, ...head, ...lines, ...last, `-----END ${label}-----`].join('\n');
}

test('an SSH signature of any length is read, also where its last line is padding alone', () => {
  const alone: number[] = [];
  for (let length = 1; length <= 420; length += 1) {
    const bytes = Buffer.alloc(length, length);
    const text = armored('SSH SIGNATURE', bytes, 70);
    if (/\n={1,2}\n/.test(text)) alone.push(length);
    assert.deepEqual(readArmor(text, 'SSH SIGNATURE'), bytes, `${length} bytes`);
  }
  assert.ok(alone.length >= 3, `${alone}`);
});

test('what stands behind an SSH signature as a checksum is none', () => {
  const text = armored('SSH SIGNATURE', Buffer.alloc(105, 1), 70, ['=abcd']);
  assert.equal(readArmor(text, 'SSH SIGNATURE'), undefined);
});

test('an OpenPGP signature may have its checksum, and no other', () => {
  const bytes = Buffer.from('towline');
  const read = (...last: string[]) => readArmor(armored('PGP SIGNATURE', bytes, 64, last), 'PGP SIGNATURE');
  assert.deepEqual(read(), bytes);
  // CRC-24 (RFC 9580, section 6.1.1).
  assert.deepEqual(read('=i8n7'), bytes);
  assert.equal(read('=i8n8'), undefined);
  assert.equal(read('='), undefined);
});
