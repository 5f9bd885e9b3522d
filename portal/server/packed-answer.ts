/** Bodies as they go out: packed where that is worth it, and not at all where the reader has them. */
import { createHash } from 'node:crypto';
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';

const [brotli, zipped] = [promisify(brotliCompress), promisify(gzip)];
/** Less is sent as it is, bytes. */
const worthPacking = 1024;

export type Packing = 'br' | 'gzip' | undefined;

export function packingFor(headers: IncomingHttpHeaders): Packing {
  const accepted = String(headers['accept-encoding'] ?? '')
    .split(',')
    .map(each => each.trim())
    .filter(each => !/;\s*q=0(?:\.0*)?$/.test(each))
    .map(each => each.split(';')[0]?.trim());
  return accepted.includes('br') ? 'br' : accepted.includes('gzip') ? 'gzip' : undefined;
}

export interface Answer {
  readonly status: number;
  readonly type: string;
  readonly bytes: Buffer;
  readonly headers: Readonly<Record<string, string | string[]>>;
  /** Who has it already is told so; undefined: nobody. */
  readonly tag: string | undefined;
}

export function hashOf(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('base64url').slice(0, 22);
}

export async function sendPacked(
  request: IncomingMessage,
  response: ServerResponse,
  { status, type, bytes, headers, tag }: Answer,
): Promise<void> {
  const quoted = tag === undefined ? undefined : `"${tag}"`;
  const named = { ...headers, ...(quoted === undefined ? {} : { etag: quoted }) };
  if (quoted !== undefined && request.headers['if-none-match'] === quoted) {
    response.writeHead(304, named).end();
    return;
  }
  const packing = bytes.length < worthPacking ? undefined : packingFor(request.headers);
  const body = await packedBy(packing, bytes);
  response.writeHead(status, {
    ...named,
    ...(packing === undefined ? {} : { 'content-encoding': packing }),
    vary: 'accept-encoding',
    'content-type': type,
    'content-length': body.length,
  });
  response.end(request.method === 'HEAD' ? undefined : body);
}

async function packedBy(packing: Packing, bytes: Buffer): Promise<Buffer> {
  if (packing === undefined) return bytes;
  if (packing === 'gzip') return await zipped(bytes, { level: 5 });
  // A list of a large fleet in some milliseconds; the next quality takes twice as long for a tenth less.
  return await brotli(bytes, {
    params: {
      [constants.BROTLI_PARAM_QUALITY]: 5,
      [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length,
    },
  });
}
