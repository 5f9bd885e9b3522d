/** A configuration that may be shown to strangers: the values of what is called as secrets are stand for themselves no more. */
import { isCollection, isMap, isPair, isScalar, parseDocument, visit } from 'yaml';
import { hidden } from '../../redaction/hidden.ts';

/** What ends so names where a secret lies, and not the secret. */
const place = /(?:File|Path|Directory|Folder)$/;
const secretName =
  /pass(?:word|wd|phrase)?|secret|token|credential|cookie|authori[sz]ation|(?:api|access|private|auth|signing|encryption)[_-]?key|headers?$|^key$/i;

/** @returns undefined: it is no YAML, and nobody knows what stands in it */
export function redactedYaml(text: string): string | undefined {
  const document = parseDocument(text, { logLevel: 'silent', uniqueKeys: false });
  if (document.errors.length > 0) return undefined;
  visit(document, {
    Pair(_key, { key, value }) {
      const name = isScalar(key) ? String(key.value) : '';
      if (place.test(name) || !secretName.test(name)) return undefined;
      hideAll(value);
      return visit.SKIP;
    },
  });
  // Comments are a person's notes, and may say anything.
  visit(document, {
    Node(_key, node) {
      node.comment = null;
      node.commentBefore = null;
    },
  });
  document.comment = null;
  document.commentBefore = null;
  return document.toString({ lineWidth: 0 });
}

function hideAll(value: unknown): void {
  if (isScalar(value)) value.value = hidden;
  if (!isCollection(value)) return;
  for (const item of value.items) {
    if (isMap(value) && isPair(item)) {
      if (isScalar(item.value)) item.value.value = hidden;
      else hideAll(item.value);
    } else if (isScalar(item)) item.value = hidden;
    else hideAll(item);
  }
}
