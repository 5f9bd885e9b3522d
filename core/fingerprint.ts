/** A short name of long text, for people: read aloud at one place and typed at another. */
import { createHash } from 'node:crypto';

/** The letters of Crockford's base 32: no I, L, O, U. */
const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
/** 20 letters of 5 bits: 100 bits against a second text with the same fingerprint. */
const letterCount = 20;

/** `7KQ2-M0RD-…`, five groups of four letters. */
export function fingerprintOf(bytes: Uint8Array): string {
  const bits = [...createHash('sha256').update(bytes).digest()]
    .map(byte => byte.toString(2).padStart(8, '0'))
    .join('');
  const letters = Array.from({ length: letterCount }, (_, index) =>
    alphabet.charAt(Number.parseInt(bits.slice(index * 5, index * 5 + 5), 2)),
  );
  return (letters.join('').match(/.{4}/g) ?? []).join('-');
}

/** What a person typed, compared without regard to case, dashes, spaces, and the letters that look alike. */
export function isSameFingerprint(fingerprint: string, typed: string): boolean {
  const plain = (text: string) =>
    text.toUpperCase().replace(/[\s-]/g, '').replaceAll('O', '0').replace(/[IL]/g, '1');
  return plain(typed) === plain(fingerprint);
}
