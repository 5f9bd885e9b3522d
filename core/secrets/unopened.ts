/** What a SOPS file tells without any key. */
import type { SecretDocument } from './document.ts';
import { coverageOf } from './metadata.ts';
import { mapLeaves } from './tree.ts';
import { isEncryptedValue } from './value.ts';

/** Values that the file's rule wants encrypted and that are not, by their place. */
export function valuesInClear({ tree, metadata }: SecretDocument): string[] {
  const found: string[] = [];
  const isCovered = coverageOf(metadata.rule);
  mapLeaves(tree, {
    value(value, path) {
      const sealed = value === '' || (typeof value === 'string' && isEncryptedValue(value));
      if (isCovered(path) && !sealed) found.push(path.join('.'));
      return value;
    },
    comment: text => text,
  });
  return found;
}

/** Sealed values and comments: each is sealed with a number of its own, so that two files share one by copying alone. */
export function sealedTexts({ tree }: SecretDocument): Set<string> {
  const texts = new Set<string>();
  mapLeaves(tree, {
    value(value) {
      if (typeof value === 'string' && isEncryptedValue(value)) texts.add(value);
      return value;
    },
    comment(text) {
      if (isEncryptedValue(text)) texts.add(text);
      return text;
    },
  });
  return texts;
}

/** What two versions of a file share only if they have one data key: sealed values, and sealed data keys. */
export function dataKeyTraces(document: SecretDocument): Set<string> {
  const sealedKeys = document.metadata.recipients.map(({ encryptedKey }) => encryptedKey.trim());
  return new Set([...sealedKeys, ...sealedTexts(document)]);
}
