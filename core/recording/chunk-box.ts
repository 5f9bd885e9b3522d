/**
 * Chunks of a recording, closed and opened: AES-256-GCM under the recording's own key. A key is used for one recording, and its
 * nonces are the numbers of the chunks; the recording and the link before are authenticated with each, so that a box opens at
 * its own place alone.
 */
import { createCipheriv, createDecipheriv } from 'node:crypto';
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { TowlineError } from '../errors.ts';

export const boxKeyBytes = 32;
/** Of text in one chunk. */
export const maxChunkTextBytes = 64 * 1024;
/** What a box may unpack to: whoever has the device's key may have made it. */
const maxOpenedBytes = 1024 * 1024;
/** Shorter text does not become shorter. */
const worthPackingBytes = 200;
const tagBytes = 16;
const [plain, packed] = [0, 1];

export interface BoxPlace {
  readonly recording: string;
  /** Of the line; 1 is the first chunk. */
  readonly number: number;
  /** Link before it. */
  readonly before: string;
}

export function closeBox(key: Uint8Array, place: BoxPlace, text: Uint8Array): Buffer {
  const isPacked = text.length > worthPackingBytes;
  const content = isPacked ? deflateRawSync(text, { level: 1 }) : text;
  const cipher = createCipheriv('aes-256-gcm', key, nonceOf(place));
  cipher.setAAD(aboutOf(place));
  const first = cipher.update(Buffer.of(isPacked ? packed : plain));
  return Buffer.concat([first, cipher.update(content), cipher.final(), cipher.getAuthTag()]);
}

/** @throws TowlineError SESSION_RECORDING_FORGED: it was closed with another key, or for another place */
export function openBox(key: Uint8Array, place: BoxPlace, box: Uint8Array): Buffer {
  try {
    const end = box.length - tagBytes;
    if (end < 1) throw new Error('it is too short');
    const decipher = createDecipheriv('aes-256-gcm', key, nonceOf(place), { authTagLength: tagBytes });
    decipher.setAAD(aboutOf(place));
    decipher.setAuthTag(box.subarray(end));
    const opened = Buffer.concat([decipher.update(box.subarray(0, end)), decipher.final()]);
    const content = opened.subarray(1);
    return opened[0] === packed ? inflateRawSync(content, { maxOutputLength: maxOpenedBytes }) : content;
  } catch (cause) {
    throw new TowlineError('SESSION_RECORDING_FORGED', `chunk ${place.number} does not open`, { cause });
  }
}

function nonceOf({ number }: BoxPlace): Buffer {
  const nonce = Buffer.alloc(12);
  nonce.writeBigUInt64BE(BigInt(number), 4);
  return nonce;
}

function aboutOf({ recording, number, before }: BoxPlace): Buffer {
  return Buffer.from(`${recording}\n${number}\n${before}\n`);
}
