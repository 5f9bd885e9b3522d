/**
 * A SOPS file of production, written anew: the same keys with random values of the same kind and length, sealed to the lab's devices.
 * Nothing is opened: kind and length are what the format shows to everybody.
 */
import { encryptDataKey } from '../../core/secrets/data-key.ts';
import {
  readSecretDocument,
  type SecretFormat,
  sealSecretDocument,
  secretFormat,
} from '../../core/secrets/document.ts';
import { defaultRule } from '../../core/secrets/metadata.ts';
import { withOwnPath } from '../../core/secrets/own-path.ts';
import { isComment, type SecretList, type SecretMap, type SecretValue } from '../../core/secrets/tree.ts';
import type { SecretScalar } from '../../core/secrets/value.ts';

/** Gives so many random bytes. */
export type RandomBytes = (bytes: number) => Uint8Array;

export interface SealingTo {
  /** The lab's name of the fleet. */
  readonly fleet: string;
  /** Armored public keys. */
  readonly recipients: readonly string[];
  readonly date: Date;
  readonly random: RandomBytes;
}

const letters = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_';
const sealedForm = /^ENC\[AES256_GCM,data:([A-Za-z0-9+/=]*),.*,type:([a-z]+)\]$/s;
/** A whole number of 18 digits is one for every reader. */
const maxDigits = 18;

const randomText = (length: number, random: RandomBytes) =>
  Array.from(random(length), byte => letters[byte % letters.length]).join('');

/** Without a zero at the front. */
function randomDigits(length: number, random: RandomBytes): string {
  const [first = 0, ...rest] = random(Math.min(Math.max(length, 1), maxDigits));
  return [1 + (first % 9), ...rest.map(byte => byte % 10)].join('');
}

function standInText(text: string, random: RandomBytes): SecretScalar {
  const [, data = '', type = 'str'] = sealedForm.exec(text) ?? [];
  const isSealed = sealedForm.test(text);
  const length = isSealed ? Buffer.from(data, 'base64').length : Buffer.byteLength(text);
  if (type === 'int') return BigInt(randomDigits(length, random));
  if (type === 'float') return Number(`${randomDigits(1, random)}.${randomDigits(2, random)}`);
  if (type === 'bool') return (random(1)[0] ?? 0) % 2 === 0;
  return randomText(length, random);
}

/** Of one value: another of its kind. */
function standInValue(value: SecretScalar, random: RandomBytes): SecretScalar {
  if (typeof value === 'string') return standInText(value, random);
  if (typeof value === 'boolean') return (random(1)[0] ?? 0) % 2 === 0;
  if (typeof value === 'bigint') return BigInt(randomDigits(String(value).length, random));
  return Number(`${randomDigits(1, random)}.${randomDigits(2, random)}`);
}

/** A comment of a list is a text of it that says so. */
const isSealedComment = (value: unknown) =>
  typeof value === 'string' && sealedForm.exec(value)?.[2] === 'comment';

function standInList({ items }: SecretList, random: RandomBytes): SecretList {
  const kept = items.flatMap(item =>
    item !== null && typeof item === 'object' && isComment(item) ? [] : [item],
  );
  const values = kept.filter(item => !isSealedComment(item));
  return { kind: 'list', items: values.map(item => standIn(item, random)) };
}

function standInMap({ items }: SecretMap, random: RandomBytes): SecretMap {
  const entries = items.flatMap(item => (isComment(item) ? [] : [item]));
  return { kind: 'map', items: entries.map(({ key, value }) => ({ key, value: standIn(value, random) })) };
}

/** Without comments: those are a person's words. */
function standIn(value: SecretValue, random: RandomBytes): SecretValue {
  if (value === null) return null;
  if (typeof value !== 'object') return standInValue(value, random);
  return value.kind === 'map' ? standInMap(value, random) : standInList(value, random);
}

/**
 * @param path from the root of the repository: it decides the format, and it is sealed in
 * @returns the file's text
 * @throws TowlineError SECRET_MALFORMED, SECRET_UNSUPPORTED
 */
export async function standInSecret(bytes: Uint8Array, path: string, to: SealingTo): Promise<string> {
  const { fleet, recipients, date, random } = to;
  const format: SecretFormat = secretFormat(path);
  const { tree } = readSecretDocument(bytes, format);
  const plain = withOwnPath(standInMap(tree, random), format, { fleet, path });
  const dataKey = random(32);
  return sealSecretDocument(plain, format, {
    dataKey,
    recipients: await encryptDataKey(dataKey, recipients, date),
    rule: defaultRule,
    lastModified: `${date.toISOString().slice(0, 19)}Z`,
    nonce: () => random(32),
  });
}
