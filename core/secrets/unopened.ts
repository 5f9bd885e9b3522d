/** What a SOPS file tells without any key. */
import type { SecretDocument } from './document.ts';
import { isCovered } from './metadata.ts';
import { mapLeaves } from './tree.ts';
import { isEncryptedValue } from './value.ts';

/** Values that the file's rule wants encrypted and that are not, by their place. */
export function valuesInClear({ tree, metadata }: SecretDocument): string[] {
  const found: string[] = [];
  mapLeaves(tree, {
    value(value, path) {
      const sealed = value === '' || (typeof value === 'string' && isEncryptedValue(value));
      if (isCovered(metadata.rule, path) && !sealed) found.push(path.join('.'));
      return value;
    },
    comment: text => text,
  });
  return found;
}

/** What two versions of a file share only if they have one data key: sealed values, and sealed data keys. */
export function dataKeyTraces({ tree, metadata }: SecretDocument): Set<string> {
  const traces = new Set(metadata.recipients.map(({ encryptedKey }) => encryptedKey.trim()));
  mapLeaves(tree, {
    value(value) {
      if (typeof value === 'string' && isEncryptedValue(value)) traces.add(value);
      return value;
    },
    comment(text) {
      if (isEncryptedValue(text)) traces.add(text);
      return text;
    },
  });
  return traces;
}
