import { ByteCursor } from '../trust/git/byte-cursor.ts';
import { readSignatureNumber } from './signature-number.ts';

/** Two numbers of P-256 with their heads, bytes. */
const maxDerBytes = 72;
const sequenceTag = 0x30;
const integerTag = 0x02;

/**
 * r and s of an ECDSA signature in DER, as a browser has it (WebAuthn level 3, section 6.5.5), 32 bytes each.
 * @throws Error that says what is there.
 */
export function readDerSignature(bytes: Uint8Array): { readonly r: Buffer; readonly s: Buffer } {
  if (bytes.length > maxDerBytes) throw new Error(`a signature of ${bytes.length} bytes`);
  const cursor = new ByteCursor(bytes);
  const content = new ByteCursor(readValue(cursor, sequenceTag));
  cursor.end();
  const r = readSignatureNumber(readValue(content, integerTag));
  const s = readSignatureNumber(readValue(content, integerTag));
  content.end();
  return { r, s };
}

/** Lengths here are below 128: one byte, its only spelling. */
function readValue(cursor: ByteCursor, tag: number): Buffer {
  if (cursor.byte() !== tag) throw new Error('a signature that is not ECDSA in DER');
  return cursor.take(cursor.byte());
}
