/** Sealed forms that stay as they are where nothing changed: a plan then names only what did. */
import { type KeptValues, keptKey, type SecretDocument } from './document.ts';
import { mapLeaves } from './tree.ts';
import { isEncryptedValue, openValue, placeOf } from './value.ts';

/** Sealed forms of a document that was opened, for sealing it again with the same data key: what stays shows no change. */
export function keptValues(document: SecretDocument, dataKey: Uint8Array): KeptValues {
  const kept = new Map<string, string>();
  mapLeaves(document.tree, {
    value(value, path) {
      if (typeof value !== 'string' || !isEncryptedValue(value)) return value;
      const opened = openValue(value, dataKey, placeOf(path));
      // A comment in a list is text like a value's, and is none.
      if (!opened.isComment) kept.set(keptKey(opened.value, path), value);
      return value;
    },
    comment: text => text,
  });
  return kept;
}
