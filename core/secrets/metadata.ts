/** The `sops` section of an encrypted file: recipients, MAC, and which values are encrypted. */

import { messageOf } from '../errors/cause.ts';
import { TowlineError } from '../errors.ts';
import { type Fields, fieldsOf } from '../json.ts';
import { re2Pattern } from './re2-pattern.ts';

/** The data key, encrypted to one OpenPGP recipient. */
export interface Recipient {
  readonly createdAt: string;
  /** Armored OpenPGP message that holds the 32 bytes of the data key. */
  readonly encryptedKey: string;
  /** Fingerprint, upper-case hexadecimal. */
  readonly fingerprint: string;
}

/** At most one of the four rules is set; without one, all values but those under `…_unencrypted` are encrypted. */
export interface EncryptionRule {
  readonly kind: 'unencrypted_suffix' | 'encrypted_suffix' | 'unencrypted_regex' | 'encrypted_regex';
  readonly pattern: string;
}

export interface SecretMetadata {
  readonly recipients: readonly Recipient[];
  /** RFC 3339, as the file writes it: it authenticates the MAC. */
  readonly lastModified: string;
  readonly mac: string;
  readonly rule: EncryptionRule;
  readonly macOnlyEncrypted: boolean;
  readonly version: string;
}

export const defaultRule: EncryptionRule = { kind: 'unencrypted_suffix', pattern: '_unencrypted' };
const ruleKinds = ['unencrypted_suffix', 'encrypted_suffix', 'unencrypted_regex', 'encrypted_regex'] as const;
/** Longest pattern of a rule, characters. */
const maxPatternLength = 256;

/** A data key of 32 bytes to an RSA key of 16,384 bits has 3 KiB; a small message unpacks to no large one. */
const maxEncryptedKeyLength = 8192;
/** Most recipients that a file may name. */
const maxRecipients = 4096;

const text = (value: unknown) => (typeof value === 'string' ? value : '');

/** SOPS matches with RE2, in linear time; a group that is repeated could take exponential time here. */
function patternProblem(pattern: string): string | undefined {
  if (/\)[*+{?]/.test(pattern)) return 'repeats a group';
  try {
    re2Pattern(pattern);
    return undefined;
  } catch (error) {
    return `is no pattern of SOPS (RE2): ${messageOf(error)}`;
  }
}

function toRule(section: Fields): EncryptionRule {
  const present = ruleKinds.filter(kind => text(section[kind]) !== '');
  if (present.length > 1)
    throw new TowlineError('SECRET_UNSUPPORTED', `the file mixes ${present.join(' and ')}`);
  const kind = present[0];
  if (kind === undefined) return defaultRule;
  const pattern = text(section[kind]);
  if (pattern.length > maxPatternLength) throw new TowlineError('SECRET_MALFORMED', `${kind} is too long`);
  const problem = kind.endsWith('regex') ? patternProblem(pattern) : undefined;
  if (problem !== undefined) throw new TowlineError('SECRET_UNSUPPORTED', `${kind} ${problem}`);
  return { kind, pattern };
}

function toRecipient(value: unknown): Recipient {
  const entry = fieldsOf(value);
  const recipient = {
    createdAt: text(entry.created_at),
    encryptedKey: text(entry.enc),
    fingerprint: text(entry.fp).toUpperCase(),
  };
  if (recipient.encryptedKey === '' || recipient.fingerprint === '') {
    throw new TowlineError('SECRET_MALFORMED', 'an OpenPGP recipient has no enc or no fp');
  }
  if (recipient.encryptedKey.length > maxEncryptedKeyLength)
    throw new TowlineError('SECRET_MALFORMED', `enc of ${recipient.fingerprint} is too long for a data key`);
  return recipient;
}

/** @throws SECRET_MALFORMED, SECRET_UNSUPPORTED */
export function toMetadata(value: unknown): SecretMetadata {
  if (value === null || typeof value !== 'object')
    throw new TowlineError('SECRET_MALFORMED', 'there is no sops section');
  const section = fieldsOf(value);
  for (const key of ['key_groups', 'unencrypted_comment_regex', 'encrypted_comment_regex']) {
    if (section[key] !== undefined && section[key] !== null) {
      throw new TowlineError('SECRET_UNSUPPORTED', `sops.${key} is not supported`);
    }
  }
  const recipients = Array.isArray(section.pgp) ? section.pgp.map(toRecipient) : [];
  if (recipients.length > maxRecipients)
    throw new TowlineError('SECRET_MALFORMED', `the file has more than ${maxRecipients} recipients`);
  if (recipients.length === 0)
    throw new TowlineError('SECRET_UNSUPPORTED', 'the file has no OpenPGP recipient');
  const metadata = {
    recipients,
    lastModified: text(section.lastmodified),
    mac: text(section.mac),
    rule: toRule(section),
    macOnlyEncrypted: section.mac_only_encrypted === true || section.mac_only_encrypted === 'true',
    version: text(section.version),
  };
  if (metadata.lastModified === '' || metadata.mac === '') {
    throw new TowlineError('SECRET_MALFORMED', 'the sops section has no mac or no lastmodified');
  }
  return metadata;
}

/** The section as SOPS writes it. */
export function metadataSection(metadata: SecretMetadata): Record<string, unknown> {
  return {
    pgp: metadata.recipients.map(({ createdAt, encryptedKey, fingerprint }) => ({
      created_at: createdAt,
      enc: encryptedKey,
      fp: fingerprint,
    })),
    lastmodified: metadata.lastModified,
    mac: metadata.mac,
    [metadata.rule.kind]: metadata.rule.pattern,
    ...(metadata.macOnlyEncrypted ? { mac_only_encrypted: true } : {}),
    version: metadata.version,
  };
}

/** Whether the value at a path is encrypted under this rule. */
export function coverageOf({ kind, pattern }: EncryptionRule): (path: readonly string[]) => boolean {
  const isEncrypted = kind.startsWith('encrypted');
  const regex = kind.endsWith('regex') ? re2Pattern(pattern) : undefined;
  const matches = (key: string) => (regex === undefined ? key.endsWith(pattern) : regex.test(key));
  return path => path.some(matches) === isEncrypted;
}

export const isCovered = (rule: EncryptionRule, path: readonly string[]): boolean => coverageOf(rule)(path);
