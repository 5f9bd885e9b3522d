/**
 * A part of a version, as it comes: a gzipped tar of regular files in folders, and of nothing else. Whoever made it may be hostile:
 * no links, no devices, no way out of the folder, no name twice, bounds on all of it.
 * Source: POSIX.1-1988 "ustar", without extensions.
 */
import { pipeline, Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { ChunkedBytes } from '../../core/bundle/chunked-bytes.ts';
import { blockBytes, paddingOf } from '../../core/bundle/tar-header.ts';
import { errnoOf, messageOf } from '../../core/errors/cause.ts';
import { TowlineError } from '../../core/errors.ts';

export interface PartFile {
  /** Relative, by `/`, of plain letters. */
  readonly path: string;
  readonly isExecutable: boolean;
  /** Bytes. */
  readonly size: number;
  /** To be read to its end before the next file is asked for. */
  readonly bytes: AsyncIterable<Uint8Array>;
}

export interface PartLimits {
  readonly maxFiles: number;
  /** Of all files together, unpacked. */
  readonly maxBytes: number;
}

export const partLimits: PartLimits = { maxFiles: 2000, maxBytes: 512 * 1024 * 1024 };

const maxPathBytes = 200;
const segment = /^[A-Za-z0-9_@+-][A-Za-z0-9_@+.-]*$/;
const isZero = (block: Uint8Array): boolean => block.every(byte => byte === 0);

const malformed = (why: string): TowlineError => new TowlineError('AGENT_UPDATE_PART', `the part ${why}`);

/** @param bytes of the file, gzipped @throws TowlineError AGENT_UPDATE_PART; what `bytes` throws */
export async function* readPart(
  bytes: AsyncIterable<Uint8Array>,
  limits: PartLimits = partLimits,
): AsyncGenerator<PartFile> {
  const blocks = new ChunkedBytes(unzipped(bytes), () => malformed('ends before its end'));
  const seen = new Set<string>();
  let left = limits.maxBytes;
  try {
    for (;;) {
      const header = await blocks.read(blockBytes);
      if (isZero(header)) return await assertEnd(blocks);
      const { path, isFolder, isExecutable, size } = headerOf(header);
      if (seen.has(path)) throw malformed(`has ${path} twice`);
      seen.add(path);
      if (seen.size > limits.maxFiles) throw malformed(`has more than ${limits.maxFiles} entries`);
      if (isFolder) continue;
      left -= size;
      if (left < 0) throw malformed(`unpacks to more than ${limits.maxBytes} bytes`);
      yield { path, isExecutable, size, bytes: blocks.take(size) };
      if (!isZero(await blocks.read(paddingOf(size)))) throw malformed('has bytes between its files');
    }
  } finally {
    await blocks.close();
  }
}

async function* unzipped(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const gunzip = createGunzip();
  // What ends one of them ends both, and is thrown where it is read.
  pipeline(Readable.from(bytes), gunzip, () => undefined);
  try {
    yield* gunzip;
  } catch (error) {
    if (errnoOf(error)?.startsWith('Z_') !== true) throw error;
    throw malformed(`cannot be unzipped: ${messageOf(error)}`);
  }
}

interface Header {
  readonly path: string;
  readonly isFolder: boolean;
  readonly isExecutable: boolean;
  readonly size: number;
}

/** @throws TowlineError AGENT_UPDATE_PART */
function headerOf(block: Buffer): Header {
  const sum = block.reduce((total, byte, at) => total + (at >= 148 && at < 156 ? 0x20 : byte), 0);
  if (octal(block, 148, 8) !== sum) throw malformed('has a header whose sum does not fit');
  if (!/^ustar(\0| )/.test(block.toString('latin1', 257, 263))) throw malformed('is no tar of POSIX');
  const type = block.toString('latin1', 156, 157);
  const isFolder = type === '5';
  const name = [text(block, 345, 155), text(block, 0, 100)].filter(word => word !== '').join('/');
  if (!isFolder && type !== '0' && type !== '\0')
    throw malformed(`has an entry that is neither file nor folder: ${printed(name)}`);
  if (text(block, 157, 100) !== '') throw malformed(`has a link: ${printed(name)}`);
  const size = octal(block, 124, 12);
  if (isFolder && size !== 0) throw malformed('has a folder with bytes of its own');
  const mode = octal(block, 100, 8);
  return { path: pathOf(name, isFolder), isFolder, isExecutable: (mode & 0o100) !== 0, size };
}

/** Without the `./` and the last `/` that tar writes. */
function pathOf(name: string, isFolder: boolean): string {
  const bare = name.replace(/^\.\//, '').replace(isFolder ? /\/$/ : /$^/, '');
  if (isFolder && (bare === '' || bare === '.')) return '.';
  if (bare.length > maxPathBytes || !bare.split('/').every(word => segment.test(word)))
    throw malformed(`has a name that no file of ours has: ${printed(name)}`);
  return bare;
}

const printed = (name: string): string => JSON.stringify(name.slice(0, maxPathBytes));

function text(block: Buffer, at: number, width: number): string {
  const field = block.toString('latin1', at, at + width);
  const end = field.indexOf('\0');
  return end === -1 ? field : field.slice(0, end);
}

function octal(block: Buffer, at: number, width: number): number {
  const digits = block
    .toString('latin1', at, at + width)
    .replace(/[\0 ]+$/, '')
    .trimStart();
  if (!/^[0-7]{0,12}$/.test(digits)) throw malformed('has a number that is none');
  return digits === '' ? 0 : Number.parseInt(digits, 8);
}

/** Zeros to the end: a record of tar at most. */
async function assertEnd(bytes: ChunkedBytes): Promise<void> {
  let count = 0;
  for await (const chunk of bytes.left()) {
    if (count > 64 || !isZero(chunk)) throw malformed('goes on after its end');
    count += 1;
  }
}
