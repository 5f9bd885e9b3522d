/** A file of the page, packed once for everybody who asks. */
import path from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import type { Asset } from './asset.ts';

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
};

const gzipped = promisify(gzip);
const brotlied = promisify(brotliCompress);

export async function packed(name: string, bytes: Buffer): Promise<Asset> {
  const type = types[path.extname(name)] ?? 'application/octet-stream';
  const [zipped, brotli] = await Promise.all([
    gzipped(bytes, { level: 9 }),
    brotlied(bytes, {
      params: {
        [constants.BROTLI_PARAM_MODE]: constants.BROTLI_MODE_TEXT,
        [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length,
      },
    }),
  ]);
  return { name, type, bytes, gzip: zipped, brotli };
}
