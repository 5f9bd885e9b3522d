/** A whole SOPS file: read, opened with its data key, and sealed again. */
import { createHash, timingSafeEqual } from 'node:crypto';
import { TowlineError } from '../errors.ts';
import { emitDotenvTree, flattenMetadata, parseDotenvTree, splitDotenvMetadata } from './dotenv-format.ts';
import {
  type EncryptionRule,
  isCovered,
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
  const opened = mapLeaves(tree, {
    value(value, path) {
      const covered = isCovered(metadata.rule, path);
      if (covered && typeof value !== 'string') {
        throw new TowlineError('SECRET_MALFORMED', `the value at ${path.join('.')} is not encrypted`);
      }
      const plain = covered ? decryptValue(String(value), dataKey, placeOf(path)) : value;
      hash.add(plain, covered);
      return plain;
    },
    comment: (text, path) =>
      isEncryptedValue(text) ? String(decryptValue(text, dataKey, placeOf(path))) : text,
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
  const hash = macHash(macOnlyEncrypted);
  const tree = mapLeaves(plain, {
    value(value, path) {
      const covered = isCovered(rule, path);
      hash.add(value, covered);
      if (!covered) return value;
      return options.kept?.get(keptKey(value, path)) ?? encryptValue(value, dataKey, placeOf(path), nonce());
    },
    comment: (text, path) =>
      isCovered(rule, path) ? encryptComment(text, dataKey, placeOf(path), nonce()) : text,
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
