/**
 * One encrypted value of a SOPS file: `ENC[AES256_GCM,data:…,iv:…,tag:…,type:…]`, AES-256 in GCM mode with the
 * value's place in the document as additional data. Source: the SOPS file format, "Encrypting using SOPS".
 */
import { createCipheriv, createDecipheriv } from 'node:crypto';
import { TowlineError } from '../errors.ts';

/** A leaf of a secret document. Integers are bigint, so that their text survives. */
export type SecretScalar = string | bigint | number | boolean;

/** SOPS uses nonces of 32 bytes. */
export const nonceBytes = 32;
const tagBytes = 16;
const form =
  /^ENC\[AES256_GCM,data:([A-Za-z0-9+/=]+),iv:([A-Za-z0-9+/=]+),tag:([A-Za-z0-9+/=]+),type:([a-z]+)\]$/;

export function isEncryptedValue(text: string): boolean {
  return form.test(text);
}

/** `['db', 'password']` → `db:password:`, the additional data of a value. Positions in lists are no part of it. */
export function placeOf(path: readonly string[]): string {
  return `${path.join(':')}:`;
}

/** A number as Go's `FormatFloat(value, 'f', -1, 64)` writes it: never with an exponent. */
function floatText(value: number): string {
  const text = String(value);
  const match = /^(-?)(\d)(?:\.(\d+))?e([+-]\d+)$/.exec(text);
  if (match === null) return text;
  const [, sign = '', first = '', fraction = '', exponentText = '0'] = match;
  const digits = first + fraction;
  const exponent = Number(exponentText);
  if (exponent < 0) return `${sign}0.${'0'.repeat(-exponent - 1)}${digits}`;
  return sign + digits.padEnd(exponent + 1, '0');
}

/** The bytes that are encrypted and that the MAC covers: booleans in title case, as the first SOPS wrote them. */
export function scalarText(value: SecretScalar): string {
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  return typeof value === 'number' ? floatText(value) : String(value);
}

function typeName(value: SecretScalar): string {
  if (typeof value === 'boolean') return 'bool';
  if (typeof value === 'bigint') return 'int';
  return typeof value === 'number' ? 'float' : 'str';
}

interface Sealing {
  readonly dataKey: Uint8Array;
  readonly place: string;
  readonly nonce: Uint8Array;
}

/**
 * @param place additional data: `placeOf` the value's path.
 * @param nonce 32 fresh random bytes.
 */
export function encryptValue(
  value: SecretScalar,
  dataKey: Uint8Array,
  place: string,
  nonce: Uint8Array,
): string {
  return seal(scalarText(value), typeName(value), { dataKey, place, nonce });
}

/** As `encryptValue`: a comment has a type of its own. */
export function encryptComment(text: string, dataKey: Uint8Array, place: string, nonce: Uint8Array): string {
  return seal(text, 'comment', { dataKey, place, nonce });
}

function seal(text: string, type: string, { dataKey, place, nonce }: Sealing): string {
  if (text === '') return '';
  const cipher = createCipheriv('aes-256-gcm', dataKey, nonce);
  cipher.setAAD(Buffer.from(place));
  const data = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
  const [body, iv, tag] = [data, Buffer.from(nonce), cipher.getAuthTag()].map(bytes =>
    bytes.toString('base64'),
  );
  return `ENC[AES256_GCM,data:${body},iv:${iv},tag:${tag},type:${type}]`;
}

function typedValue(text: string, type: string, place: string): SecretScalar {
  if (type === 'int' && /^-?\d+$/.test(text)) return BigInt(text);
  if (type === 'float' && Number.isFinite(Number(text))) return Number(text);
  if (type === 'bool' && /^(true|false)$/i.test(text)) return text.toLowerCase() === 'true';
  if (type === 'str' || type === 'bytes' || type === 'comment' || type === 'time') return text;
  throw new TowlineError('SECRET_MALFORMED', `the value at ${place} is of an unknown type`);
}

export interface OpenedValue {
  readonly value: SecretScalar;
  /** Sealed as a comment: the MAC leaves it out. */
  readonly isComment: boolean;
}

/** As `openValue`, the value alone. */
export function decryptValue(text: string, dataKey: Uint8Array, place: string): SecretScalar {
  return openValue(text, dataKey, place).value;
}

/**
 * @throws SECRET_MALFORMED when the text has not the form of an encrypted value, SECRET_TAMPERED when it does not
 *   open with this key at this place of the document.
 */
export function openValue(text: string, dataKey: Uint8Array, place: string): OpenedValue {
  if (text === '') return { value: '', isComment: false };
  const match = form.exec(text);
  if (match === null) throw new TowlineError('SECRET_MALFORMED', `the value at ${place} is not encrypted`);
  const [, data = '', iv = '', tag = '', type = ''] = match;
  const tagValue = Buffer.from(tag, 'base64');
  // A short tag would be easier to forge, and Node would take it.
  if (tagValue.length !== tagBytes) {
    throw new TowlineError('SECRET_MALFORMED', `the tag at ${place} has not ${tagBytes} bytes`);
  }
  try {
    const decipher = createDecipheriv('aes-256-gcm', dataKey, Buffer.from(iv, 'base64'), {
      authTagLength: tagBytes,
    });
    decipher.setAAD(Buffer.from(place));
    decipher.setAuthTag(tagValue);
    const plain = Buffer.concat([decipher.update(Buffer.from(data, 'base64')), decipher.final()]);
    return { value: typedValue(plain.toString('utf8'), type, place), isComment: type === 'comment' };
  } catch (error) {
    if (error instanceof TowlineError) throw error;
    throw new TowlineError('SECRET_TAMPERED', `the value at ${place} does not open`, { cause: error });
  }
}
