/** Sealed forms that stay as they are where nothing changed: a plan then names only what did. */
import { type KeptValues, keptKey, type SecretDocument } from './document.ts';
import { mapLeaves } from './tree.ts';
import { decryptValue, isEncryptedValue, placeOf } from './value.ts';

/** Sealed forms of a document that was opened, for sealing it again with the same data key: what stays shows no change. */
export function keptValues(document: SecretDocument, dataKey: Uint8Array): KeptValues {
  const kept = new Map<string, string>();
  mapLeaves(document.tree, {
    value(value, path) {
      if (typeof value === 'string' && isEncryptedValue(value))
        kept.set(keptKey(decryptValue(value, dataKey, placeOf(path)), path), value);
      return value;
    },
    comment: text => text,
  });
  return kept;
}
