/** A configuration that may be shown to strangers: the values of what is called as secrets are stand for themselves no more. */
import {
  type Document,
  isAlias,
  isCollection,
  isMap,
  isPair,
  isScalar,
  parseDocument,
  type Scalar,
  visit,
} from 'yaml';
import { hidden } from '../../redaction/hidden.ts';

/** What ends so names where a secret lies, and not the secret. */
const place = /(?:File|Path|Directory|Folder)$/;
const secretName =
  /pass(?:word|wd|phrase)?|secret|token|credential|cookie|authori[sz]ation|(?:api|access|private|auth|signing|encryption)[_-]?key|headers?$|^key$/i;

/** Names a file of secrets; certificates and known hosts among them do no harm. */
const fileName = /File$/;
/** Of an address, to the last @: a password may have any character. An SSH user alone is a name. */
const login = /^([a-z][a-z0-9+.-]*:\/\/)([^\s"']*)@/i;

export interface RedactedYaml {
  readonly text: string;
  /** What was taken out: whoever else says it says it no more. */
  readonly values: readonly string[];
  /** Paths of files that hold secrets, as they stand there. */
  readonly files: readonly string[];
}

/** @returns undefined: it is no YAML, and nobody knows what stands in it */
export function redactedYaml(text: string): RedactedYaml | undefined {
  const document = parseDocument(text, { logLevel: 'silent', uniqueKeys: false });
  if (document.errors.length > 0) return undefined;
  const values: string[] = [];
  const files: string[] = [];
  visit(document, {
    Pair(_key, { key, value }) {
      const name = isScalar(key) ? String(key.value) : '';
      if (fileName.test(name) && isScalar(value)) files.push(String(value.value));
      if (name === 'webhook' && isMap(value)) values.push(...withoutPath(value.get('url', true)));
      if (place.test(name) || !secretName.test(name)) return undefined;
      hideAll(value, { document, values, seen: new Set() });
      return visit.SKIP;
    },
  });
  visit(document, {
    Scalar(_key, scalar) {
      values.push(...withoutLogin(scalar));
    },
  });
  visit(document, {
    // Comments are a person's notes, and may say anything.
    Node(_key, node) {
      node.comment = null;
      node.commentBefore = null;
    },
  });
  document.comment = null;
  document.commentBefore = null;
  return { text: document.toString({ lineWidth: 0 }), values, files };
}

/** User and password of an address. */
export function loginOf(address: string): string[] {
  const [, scheme = '', said] = login.exec(address) ?? [];
  if (said === undefined) return [];
  const [user = '', ...password] = said.split(':');
  if (password.length > 0) return [said, password.join(':')];
  return /^https?:/i.test(scheme) ? [user] : [];
}

function withoutLogin(scalar: Scalar): string[] {
  const { value } = scalar;
  const found = typeof value === 'string' ? loginOf(value) : [];
  if (typeof value === 'string' && found.length > 0) scalar.value = value.replace(login, `$1${hidden}@`);
  return found;
}

/** Of an address that is sent to, the path is often the secret itself: Slack's, Discord's, ntfy's. */
function withoutPath(url: unknown): string[] {
  const text = isScalar(url) ? String(url.value) : '';
  if (!isScalar(url) || !URL.canParse(text)) return [];
  const { origin } = new URL(text);
  url.value = `${origin}/${hidden}`;
  return [text, text.slice(origin.length + 1)];
}

interface Hiding {
  readonly document: Document.Parsed;
  readonly values: string[];
  readonly seen: Set<unknown>;
}

function hideAll(value: unknown, hiding: Hiding): void {
  if (hiding.seen.has(value)) return;
  hiding.seen.add(value);
  // What it stands for has a name elsewhere that says nothing.
  if (isAlias(value)) hideAll(value.resolve(hiding.document), hiding);
  else if (isScalar(value)) {
    if (value.value !== hidden && value.value !== null) hiding.values.push(String(value.value));
    value.value = hidden;
  } else if (isCollection(value)) {
    for (const item of value.items) hideAll(isMap(value) && isPair(item) ? item.value : item, hiding);
  }
}
