/** What a request brings: JSON, short. */
import type { IncomingMessage } from 'node:http';
import { TowlineError } from '../../core/errors.ts';

export const maxBodyBytes = 64 * 1024;
const maxDepth = 16;

/** @throws TowlineError PORTAL_TOO_LARGE, PORTAL_MALFORMED */
export async function readJson(request: IncomingMessage): Promise<unknown> {
  const announced = Number(request.headers['content-length'] ?? 0);
  if (announced > maxBodyBytes) throw tooLarge();
  const pieces: Buffer[] = [];
  let bytes = 0;
  const chunks: AsyncIterable<Buffer> = request;
  for await (const chunk of chunks) {
    bytes += chunk.length;
    if (bytes > maxBodyBytes) throw tooLarge();
    pieces.push(chunk);
  }
  if (bytes === 0) return undefined;
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(pieces)));
  } catch (cause) {
    throw new TowlineError('PORTAL_MALFORMED', 'the body is no JSON', { cause });
  }
  if (isDeep(value, maxDepth)) throw new TowlineError('PORTAL_MALFORMED', 'the body is nested too deeply');
  return value;
}

/** A file, piece by piece, up to `maxBytes`. @throws TowlineError PORTAL_TOO_LARGE */
export async function* readBytes(request: IncomingMessage, maxBytes: number): AsyncGenerator<Buffer> {
  let bytes = 0;
  // Who is refused is told so: the connection stays.
  const chunks: AsyncIterable<Buffer> = request.iterator({ destroyOnReturn: false });
  for await (const chunk of chunks) {
    bytes += chunk.length;
    if (bytes > maxBytes) throw new TowlineError('PORTAL_TOO_LARGE', `the file is over ${maxBytes} bytes`);
    yield chunk;
  }
}

function isDeep(value: unknown, left: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return left === 0 || Object.values(value).some(each => isDeep(each, left - 1));
}

function tooLarge(): TowlineError {
  return new TowlineError('PORTAL_TOO_LARGE', `the body is over ${maxBodyBytes} bytes`);
}
