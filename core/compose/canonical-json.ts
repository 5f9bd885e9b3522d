import { createHash } from 'node:crypto';
import type { Json } from './model.ts';

/** JSON with sorted keys and no spaces: one text for equal values. */
export function canonicalJson(value: Json | undefined): string {
  if (value === undefined) return 'null';
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const entries = Object.keys(value)
    .sort()
    .flatMap(key =>
      value[key] === undefined ? [] : [`${JSON.stringify(key)}:${canonicalJson(value[key])}`],
    );
  return `{${entries.join(',')}}`;
}

/** SHA-256 of the canonical JSON, hexadecimal. */
export function configHash(value: Json): string {
  return createHash('sha256').update(canonicalJson(value)).digest('hex');
}
