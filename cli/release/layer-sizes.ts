/**
 * What layers take once they are unpacked. A layer is read to its end for that, once: what this desk has found out is
 * remembered by digest.
 */
import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import path from 'node:path';
import { Readable, type Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import zlib from 'node:zlib';
import { messageOf } from '../../core/errors/cause.ts';
import { isTowlineError, TowlineError } from '../../core/errors.ts';
import type { Layer } from '../../core/images/manifest.ts';
import { writeDurably } from '../../core/io/file/durable-file.ts';
import { readFields } from '../../core/json.ts';
import { formatBytes } from '../../core/plan/quantity.ts';

/** Digests that are remembered. */
const mostKnown = 20_000;
/** What unpacks to more than so many times itself, and to more than that many bytes, is meant to fill disks. */
const mostRatio = 100;
const harmless = 1024 ** 3;

type Bytes = AsyncIterable<Uint8Array>;

/** zstd came to Node 22.15. */
const unpackers: Readonly<Record<Layer['packing'], (() => Transform) | undefined>> = {
  none: undefined,
  gzip: () => zlib.createGunzip(),
  zstd: typeof zlib.createZstdDecompress === 'function' ? () => zlib.createZstdDecompress() : undefined,
};

function bomb(unpacked: number, size: number): TowlineError {
  const said = `a layer of ${formatBytes(size)} unpacks to more than ${formatBytes(unpacked)}`;
  return new TowlineError('IMAGE_REFUSED', said);
}

/** @throws TowlineError IMAGE_REFUSED, and what `bytes` throws */
async function measured(
  { packing, size }: Layer,
  bytes: Bytes,
  harmlessBytes: number,
): Promise<number | undefined> {
  const unpack = unpackers[packing]?.();
  if (unpack === undefined && packing !== 'none') return undefined;
  let unpacked = 0;
  const count = async (chunks: AsyncIterable<Uint8Array>) => {
    for await (const chunk of chunks) {
      unpacked += chunk.length;
      if (unpacked > harmlessBytes && unpacked > size * mostRatio) throw bomb(unpacked, size);
    }
  };
  try {
    if (unpack === undefined) await count(bytes);
    else await pipeline(Readable.from(bytes, { objectMode: false }), unpack, count);
  } catch (cause) {
    if (isTowlineError(cause)) throw cause;
    throw new TowlineError('IMAGE_REFUSED', `a layer cannot be unpacked: ${messageOf(cause)}`, { cause });
  }
  return unpacked;
}

export class LayerSizes {
  readonly #file: string;
  readonly #known: Map<string, number>;
  readonly #harmlessBytes: number;
  #isNew = false;

  private constructor(file: string, known: Map<string, number>, harmlessBytes: number) {
    this.#file = file;
    this.#known = known;
    this.#harmlessBytes = harmlessBytes;
  }

  /**
   * What cannot be read where it is remembered is found out anew.
   * @param environment XDG_CACHE_HOME says where
   * @param harmlessBytes what a layer may unpack to, however small it is
   */
  static async open(
    environment: Readonly<Record<string, string | undefined>>,
    harmlessBytes = harmless,
  ): Promise<LayerSizes> {
    const cache = environment.XDG_CACHE_HOME || path.join(homedir(), '.cache');
    const file = path.join(cache, 'towline', 'layer-sizes.json');
    const known = new Map<string, number>();
    try {
      for (const [digest, size] of Object.entries(readFields(await readFile(file, 'utf8'))))
        if (typeof size === 'number' && Number.isSafeInteger(size) && size >= 0) known.set(digest, size);
    } catch {
      // Nothing is known.
    }
    return new LayerSizes(file, known, harmlessBytes);
  }

  has({ digest }: Layer): boolean {
    return this.#known.has(digest);
  }

  /**
   * @param bytes reads the layer, and throws where they are not its own
   * @returns undefined: it cannot be unpacked by this Node
   */
  async of(layer: Layer, bytes: () => Bytes): Promise<number | undefined> {
    const known = this.#known.get(layer.digest);
    if (known !== undefined) return known;
    const size = await measured(layer, bytes(), this.#harmlessBytes);
    if (size !== undefined) this.#known.set(layer.digest, size);
    this.#isNew = true;
    return size;
  }

  /** The newest ones. That they cannot be remembered is nobody's trouble. */
  async keep(): Promise<void> {
    if (!this.#isNew) return;
    const newest = [...this.#known].slice(-mostKnown);
    try {
      await writeDurably(this.#file, JSON.stringify(Object.fromEntries(newest)));
    } catch {
      // They are found out again.
    }
  }
}
