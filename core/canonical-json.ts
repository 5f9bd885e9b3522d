/** One text for equal values, and its hash: the identity of every desired state. */
import { createHash } from 'node:crypto';

/** JSON with sorted keys and no spaces; `undefined` members are left out, `undefined` alone is `null`. */
export function canonicalJson(value: unknown): string {
  if (value === null || typeof value !== 'object') return JSON.stringify(value ?? null);
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  const entries = Object.entries(value)
    .filter(([, member]) => member !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, member]) => `${JSON.stringify(key)}:${canonicalJson(member)}`);
  return `{${entries.join(',')}}`;
}

/** SHA-256, hexadecimal. */
export const sha256 = (bytes: Uint8Array | string): string =>
  createHash('sha256').update(bytes).digest('hex');

/** SHA-256 of the canonical text, hexadecimal. */
export const canonicalHash = (value: unknown): string => sha256(canonicalJson(value));
