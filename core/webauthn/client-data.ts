import { messageOf } from '../errors/cause.ts';
import { fieldsOf } from '../json.ts';

/** What a browser says of a call, as it wrote it (WebAuthn level 3, section 5.8.1). */
export interface ClientData {
  readonly type: string;
  /** base64url, no padding. */
  readonly challenge: string;
  readonly origin: string;
  readonly crossOrigin: boolean;
  /** The page around it had another origin. */
  readonly hasTopOrigin: boolean;
}

/** What it must say. */
export interface ExpectedClient {
  readonly type: 'webauthn.get' | 'webauthn.create';
  readonly challenge: Uint8Array;
  /** Any one of these, to the letter: `https://portal.acme.com`. */
  readonly origins: readonly string[];
}

/** Longer ones are refused unread, bytes. A browser writes some 250. */
export const maxClientDataBytes = 2048;

/** OpenSSH compares them in this order, as browsers write them; stock git would refuse another. */
const firstKeys = ['type', 'challenge', 'origin'];

/**
 * Reads it in its one spelling: JSON as `JSON.stringify` writes it. So no key stands twice, at any depth, and no two readers
 * see two things.
 * @throws Error that says what is there.
 */
export function readClientData(bytes: Uint8Array): ClientData {
  if (bytes.length > maxClientDataBytes) throw new Error(`client data of ${bytes.length} bytes`);
  const value = parseOneSpelling(Buffer.from(bytes));
  const fields = fieldsOf(value);
  const keys = Object.keys(fields);
  if (firstKeys.some((key, index) => keys[index] !== key))
    throw new Error('client data that does not begin with type, challenge and origin');
  const { type, challenge, origin, crossOrigin = false } = fields;
  if (typeof type !== 'string' || typeof challenge !== 'string' || typeof origin !== 'string')
    throw new Error('client data whose type, challenge or origin is no text');
  if (typeof crossOrigin !== 'boolean')
    throw new Error('client data whose crossOrigin is neither yes nor no');
  return { type, challenge, origin, crossOrigin, hasTopOrigin: Object.hasOwn(fields, 'topOrigin') };
}

function parseOneSpelling(bytes: Buffer): unknown {
  let value: unknown;
  try {
    value = JSON.parse(bytes.toString('utf8'));
  } catch (cause) {
    throw new Error(`client data that is no JSON: ${messageOf(cause)}`, { cause });
  }
  if (!Buffer.from(JSON.stringify(value)).equals(bytes))
    throw new Error('client data with a key twice, blanks, or another spelling');
  return value;
}

/** @returns what is wrong, or undefined */
export function clientDataProblem(found: ClientData, expected: ExpectedClient): string | undefined {
  if (found.type !== expected.type) return `it is of type ${shown(found.type)}, not ${expected.type}`;
  if (found.challenge !== Buffer.from(expected.challenge).toString('base64url'))
    return 'it was made for other bytes than these';
  if (!expected.origins.includes(found.origin)) return `it was made on a page of ${shown(found.origin)}`;
  if (found.crossOrigin || found.hasTopOrigin) return 'it was made on a page within a page of another origin';
  return undefined;
}

function shown(text: string): string {
  return JSON.stringify(text.slice(0, 128));
}
