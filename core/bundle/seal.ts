/**
 * A bundle that only its devices can read: the whole file as one OpenPGP message, which gpg opens, too. openpgp is loaded when
 * first needed. A seal hides; what is inside is checked as it would be without. Source: RFC 4880, 5.13 (with integrity check).
 */
import { messageOf } from '../errors/cause.ts';
import { isTowlineError, TowlineError } from '../errors.ts';

export interface Seal {
  /** Armored public keys. */
  readonly keys: readonly string[];
  /** Decides which of their subkeys may be encrypted to. */
  readonly date: Date;
}

/** Of what stands before the sealed bytes: a hundred bytes for each device. */
const maxHeadBytes = 1024 * 1024;
const largeChunkBytes = 128 * 1024;
/** As many as the head holds. */
const maxKeys = 5000;

/** Chunks are asked for one by one, so that nothing is held. */
function streamOf(chunks: AsyncIterator<Uint8Array>): ReadableStream<Uint8Array> {
  return new ReadableStream(
    {
      async pull(controller) {
        const next = await chunks.next();
        if (next.done === true) controller.close();
        else controller.enqueue(next.value);
      },
      async cancel() {
        await chunks.return?.();
      },
    },
    { highWaterMark: 0 },
  );
}

/** A network's chunks are small, and each costs the library as much as a large one. */
async function* inLargeChunks(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let waiting: Uint8Array[] = [];
  let count = 0;
  for await (const chunk of bytes) {
    waiting.push(chunk);
    count += chunk.length;
    if (count < largeChunkBytes) continue;
    yield Buffer.concat(waiting, count);
    waiting = [];
    count = 0;
  }
  if (count > 0) yield Buffer.concat(waiting, count);
}

/** @throws TowlineError SECRET_UNSUPPORTED where a key cannot encrypt, BUNDLE_TOO_LARGE; what `bytes` throws */
export async function* seal(
  bytes: AsyncIterable<Uint8Array>,
  { keys, date }: Seal,
): AsyncGenerator<Uint8Array> {
  if (keys.length > maxKeys)
    throw new TowlineError('BUNDLE_TOO_LARGE', `a bundle is sealed for ${maxKeys} devices at most`);
  const openpgp = await import('openpgp');
  let sealed: ReadableStream<Uint8Array>;
  try {
    const encryptionKeys = await Promise.all(keys.map(armoredKey => openpgp.readKey({ armoredKey })));
    const binary = streamOf(inLargeChunks(bytes)[Symbol.asyncIterator]());
    const message = await openpgp.createMessage({ binary, date });
    sealed = await openpgp.encrypt({ message, encryptionKeys, date, format: 'binary' });
  } catch (cause) {
    throw new TowlineError('SECRET_UNSUPPORTED', `a device’s key cannot encrypt: ${messageOf(cause)}`, {
      cause,
    });
  }
  yield* sealed;
}

async function* first(chunk: Uint8Array, rest: AsyncIterator<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    yield chunk;
    for (let next = await rest.next(); next.done !== true; next = await rest.next()) yield next.value;
  } finally {
    await rest.return?.();
  }
}

/** Ends input that never comes to the data that is sealed. */
async function* bounded(
  input: AsyncIterable<Uint8Array>,
  head: { isOver: boolean },
): AsyncGenerator<Uint8Array> {
  let bytes = 0;
  for await (const chunk of input) {
    bytes += chunk.length;
    if (!head.isOver && bytes > maxHeadBytes)
      throw new TowlineError('BUNDLE_TOO_LARGE', 'the seal of the bundle has no end');
    yield chunk;
  }
}

/** Every OpenPGP packet begins with this bit; a bundle without a seal begins with a letter. */
const isSealed = (chunk: Uint8Array) => ((chunk[0] ?? 0) & 0x80) !== 0;

/**
 * The bundle itself: as it came, or opened where it is sealed.
 * @param privateKey armored, without passphrase
 * @throws TowlineError BUNDLE_SEALED where no key is given or none fits (`details.keys`: ids of those that it is for, 16
 *   hexadecimal digits each), BUNDLE_DAMAGED, BUNDLE_TOO_LARGE; what the input throws
 */
export async function* unseal(
  input: AsyncIterable<Uint8Array>,
  privateKey: string | undefined,
): AsyncGenerator<Uint8Array> {
  const chunks = input[Symbol.asyncIterator]();
  let next = await chunks.next();
  while (next.done !== true && next.value.length === 0) next = await chunks.next();
  if (next.done === true) return;
  const whole = first(next.value, chunks);
  if (isSealed(next.value)) yield* opened(whole, privateKey);
  else yield* whole;
}

/** What was wrong with the message itself, as the library hands it on. */
function refusedIn(error: unknown): TowlineError | undefined {
  for (let each = error; each instanceof Error; each = each.cause) {
    if (isTowlineError(each)) return each;
    if (!/^Maximum decompressed|not allowed in this context/.test(each.message)) continue;
    const message = `the seal holds no bundle as it is (gpg seals one with --compress-algo none): ${each.message}`;
    return new TowlineError('BUNDLE_FORMAT', message, { cause: error });
  }
  return undefined;
}

async function* opened(
  input: AsyncIterable<Uint8Array>,
  privateKey: string | undefined,
): AsyncGenerator<Uint8Array> {
  const openpgp = await import('openpgp');
  const head = { isOver: false };
  try {
    const binaryMessage = streamOf(bounded(input, head));
    const message = await openpgp.readMessage({ binaryMessage });
    const keys = message.getEncryptionKeyIDs().map(id => id.toHex().toUpperCase());
    if (keys.length === 0)
      throw new TowlineError('BUNDLE_FORMAT', 'this is an OpenPGP message for nobody’s key');
    const sealed = (why: string, cause?: unknown) =>
      new TowlineError('BUNDLE_SEALED', `the bundle is sealed for the keys ${keys.join(', ')}: ${why}`, {
        cause,
        details: { keys },
      });
    if (privateKey === undefined) throw sealed('there is none here');
    const decryptionKeys = await openpgp.readPrivateKey({ armoredKey: privateKey });
    // What is read before the end is known is checked by whoever reads a bundle, and kept by nobody before.
    // Nothing that is packed is unpacked: what is no data would be held as a whole, a thousand times as large as it came.
    const config = { allowUnauthenticatedStream: true, maxDecompressedMessageSize: 0 };
    const asked = openpgp.decrypt({ message, decryptionKeys, format: 'binary', config });
    const { data } = await asked.catch(cause => {
      throw refusedIn(cause) ?? sealed('the one here is none of them', cause);
    });
    head.isOver = true;
    yield* data;
  } catch (cause) {
    if (isTowlineError(cause)) throw cause;
    const message = `the seal of the bundle is damaged: ${messageOf(cause)}`;
    throw new TowlineError('BUNDLE_DAMAGED', message, { cause });
  }
}
