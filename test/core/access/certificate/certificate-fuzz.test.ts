/** Certificates that a stranger shows: read, or refused in words, and never as if this signer had made them. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { isCertificate, readUserCertificate } from '../../../../core/access/certificate/user-certificate.ts';
import { certificateFor, newKey } from '../../../../lab/rig/certificates.ts';
import { fuzzed } from '../../../fuzz/fuzzed.ts';
import { edited, edits } from '../../../fuzz/mutation.ts';

test('certificates that were changed, and bytes that are none', async () => {
  const signer = newKey();
  const wire = certificateFor(newKey(), signer);
  const hostile = fc.oneof(
    edits.map(made => edited(wire, made)),
    fc.uint8Array({ maxLength: 600 }).map(bytes => Buffer.from(bytes)),
  );
  await fuzzed(
    'certificates',
    fc.property(hostile, bytes => {
      isCertificate(bytes);
      try {
        const read = readUserCertificate(bytes);
        if (!bytes.equals(wire)) assert.notEqual(read.signer, signer.publicBlob.toString('base64'));
      } catch (error) {
        assert.ok(error instanceof Error && !(error instanceof assert.AssertionError), String(error));
      }
    }),
    { runs: 1000 },
  );
});
