/** A whole SOPS file: read, opened with its data key, and sealed again. */
import { createHash, timingSafeEqual } from 'node:crypto';
import { isTowlineError, TowlineError } from '../errors.ts';
import { emitDotenvTree, flattenMetadata, parseDotenvTree, splitDotenvMetadata } from './dotenv-format.ts';
import {
  coverageOf,
  type EncryptionRule,
  metadataSection,
  type Recipient,
  type SecretMetadata,
  toMetadata,
} from './metadata.ts';
import { isMap, mapLeaves, plainData, type SecretMap, splitEntry, toSecretValue } from './tree.ts';
import {
  decryptValue,
  encryptComment,
  encryptValue,
  isEncryptedValue,
  type OpenedValue,
  openValue,
  placeOf,
  type SecretScalar,
  scalarText,
} from './value.ts';
import { emitJsonTree, emitYamlTree, parseYamlTree } from './yaml-format.ts';

export type SecretFormat = 'yaml' | 'json' | 'dotenv';

/** Longest file that is read, bytes. */
export const maxSecretBytes = 1024 * 1024;

/** What the MAC hashes first when it covers encrypted values only: SHA-256 of `sops`. */
const macOnlyEncryptedPrefix = createHash('sha256').update('sops').digest();

/** By the file's name, as SOPS chooses: `.env`, `.json`, else YAML. */
export function secretFormat(path: string): SecretFormat {
  if (path.endsWith('.env')) return 'dotenv';
  return path.endsWith('.json') ? 'json' : 'yaml';
}

export interface SecretDocument {
  readonly metadata: SecretMetadata;
  /** Still encrypted. */
  readonly tree: SecretMap;
}

/** @throws SECRET_MALFORMED, SECRET_UNSUPPORTED */
export function readSecretDocument(bytes: Uint8Array, format: SecretFormat): SecretDocument {
  if (bytes.length > maxSecretBytes)
    throw new TowlineError('SECRET_MALFORMED', `the file is larger than ${maxSecretBytes} bytes`);
  const source = new TextDecoder('utf-8', { fatal: false }).decode(bytes);
  if (format === 'dotenv') {
    const { section, rest } = splitDotenvMetadata(parseDotenvTree(source));
    return { metadata: toMetadata(section), tree: rest };
  }
  const { entry, rest } = splitEntry(parseYamlTree(source), 'sops');
  if (!isMap(entry)) throw new TowlineError('SECRET_MALFORMED', 'there is no sops section');
  return { metadata: toMetadata(plainData(entry)), tree: rest };
}

/** A running hash over the values, in document order, as the format's MAC wants it. */
function macHash(macOnlyEncrypted: boolean) {
  const hash = createHash('sha512');
  if (macOnlyEncrypted) hash.update(macOnlyEncryptedPrefix);
  return {
    add(value: SecretScalar, covered: boolean) {
      if (covered || !macOnlyEncrypted) hash.update(scalarText(value));
    },
    digest: () => hash.digest('hex').toUpperCase(),
  };
}

/**
 * Opens every value and checks the MAC.
 * @param dataKey 32 bytes.
 * @throws SECRET_MALFORMED, SECRET_TAMPERED
 */
export function openSecretDocument(document: SecretDocument, dataKey: Uint8Array): SecretMap {
  const { metadata, tree } = document;
  const hash = macHash(metadata.macOnlyEncrypted);
  const isCovered = coverageOf(metadata.rule);
  const open = (value: SecretScalar, path: readonly string[]): OpenedValue => {
    if (!isCovered(path)) return { value, isComment: false };
    if (typeof value !== 'string')
      throw new TowlineError('SECRET_MALFORMED', `the value at ${path.join('.')} is not encrypted`);
    return openValue(value, dataKey, placeOf(path));
  };
  const opened = mapLeaves(tree, {
    value(sealed, path) {
      const { value } = open(sealed, path);
      hash.add(value, isCovered(path));
      return value;
    },
    // SOPS writes a comment of a list as a text of it.
    item(sealed, path) {
      const { value, isComment } = open(sealed, path);
      if (isComment) return { comment: String(value) };
      hash.add(value, isCovered(path));
      return value;
    },
    comment(text, path) {
      const plain = isCovered(path) ? openComment(text, dataKey, path) : undefined;
      if (plain === undefined) return text;
      if (!plain.isComment) hash.add(plain.value, true);
      return String(plain.value);
    },
  });
  // The MAC is itself an encrypted value; its place is the time of the last change.
  const stated = Buffer.from(String(decryptValue(metadata.mac, dataKey, metadata.lastModified)));
  const computed = Buffer.from(hash.digest());
  if (stated.length !== computed.length || !timingSafeEqual(stated, computed)) {
    throw new TowlineError(
      'SECRET_TAMPERED',
      'the MAC does not match: values were added, removed, moved or changed',
    );
  }
  return opened;
}

/**
 * Which map a comment belongs to readers of YAML see each in their own way. One that does not open stays as it is, as in
 * SOPS: nobody but a person reads it, and the MAC leaves it out.
 */
function openComment(text: string, dataKey: Uint8Array, path: readonly string[]): OpenedValue | undefined {
  if (!isEncryptedValue(text)) return undefined;
  for (let depth = path.length; depth >= 0; depth -= 1) {
    try {
      return openValue(text, dataKey, placeOf(path.slice(0, depth)));
    } catch (error) {
      if (!isTowlineError(error)) throw error;
    }
  }
  return undefined;
}

/** Value and place → sealed form. */
export type KeptValues = ReadonlyMap<string, string>;

export const keptKey = (value: SecretScalar, path: readonly string[]): string =>
  JSON.stringify([path, typeof value, String(value)]);

export interface SealOptions {
  /** 32 bytes; a fresh one for a new file and whenever a recipient goes. */
  readonly dataKey: Uint8Array;
  /** The data key for each recipient. */
  readonly recipients: readonly Recipient[];
  readonly rule: EncryptionRule;
  readonly macOnlyEncrypted?: boolean;
  /** RFC 3339, whole seconds, UTC. */
  readonly lastModified: string;
  /** Of the same data key: the sealed form that a value had before, where it has not changed. */
  readonly kept?: KeptValues;
  /** Gives 32 fresh random bytes at each call. */
  readonly nonce: () => Uint8Array;
}

/** The version of SOPS whose file format this is. */
const formatVersion = '3.9.0';

/** Encrypts every value that the rule covers, and every comment. @returns the file's text in `format`. */
export function sealSecretDocument(plain: SecretMap, format: SecretFormat, options: SealOptions): string {
  const { dataKey, rule, nonce, macOnlyEncrypted = false } = options;
  const isCovered = coverageOf(rule);
  const hash = macHash(macOnlyEncrypted);
  const tree = mapLeaves(plain, {
    value(value, path) {
      const covered = isCovered(path);
      hash.add(value, covered);
      if (!covered) return value;
      return options.kept?.get(keptKey(value, path)) ?? encryptValue(value, dataKey, placeOf(path), nonce());
    },
    comment: (text, path) => (isCovered(path) ? encryptComment(text, dataKey, placeOf(path), nonce()) : text),
  });
  const metadata: SecretMetadata = {
    recipients: options.recipients,
    lastModified: options.lastModified,
    mac: encryptValue(hash.digest(), dataKey, options.lastModified, nonce()),
    rule,
    macOnlyEncrypted,
    version: formatVersion,
  };
  return emitSecretTree(tree, format, metadataSection(metadata));
}

/** The text of a tree; `section` is left out where it is undefined: then it is the plain document. */
export function emitSecretTree(
  tree: SecretMap,
  format: SecretFormat,
  section?: Record<string, unknown>,
): string {
  if (format === 'dotenv') {
    const entries = section === undefined ? [] : flattenMetadata(section);
    return emitDotenvTree({ kind: 'map', items: [...tree.items, ...entries] });
  }
  const items =
    section === undefined ? tree.items : [...tree.items, { key: 'sops', value: toSecretValue(section) }];
  return format === 'yaml'
    ? emitYamlTree({ kind: 'map', items })
    : `${emitJsonTree({ kind: 'map', items })}\n`;
}

/** Reads a plain document, the input of `sealSecretDocument`. @throws SECRET_MALFORMED */
export function parsePlainSecret(source: string, format: SecretFormat): SecretMap {
  return format === 'dotenv' ? parseDotenvTree(source) : parseYamlTree(source);
}
