/** isomorphic-git's way to the gateway: over the dialler, and nothing reaches it that was not checked whole. */
import type { HttpClient } from 'isomorphic-git';
import { TowlineError } from '../../core/errors.ts';
import { type Advertisement, encodeAdvertisement } from '../../core/io/git/advertisement.ts';
import { checkPack } from '../../core/io/git/pack-check.ts';
import { readAnswer } from '../../core/io/git/pkt-line.ts';
import { collect } from '../../core/io/https/collect.ts';
import type { Dialler, DialResponse } from '../../core/io/https/dialler.ts';
import type { SourceLimits } from './limits.ts';

/** isomorphic-git wants a URL; the dialler decides which gateway it is. */
export const fleetUrl = 'https://gateway/fleet.git';
export const advertisementPath = '/fleet.git/info/refs?service=git-upload-pack';

/** What isomorphic-git makes use of. */
const capabilities = ['multi_ack_detailed', 'no-done', 'side-band-64k', 'ofs-delta', 'shallow'];

export interface UploadPackOptions {
  readonly dialler: Pick<Dialler, 'request'>;
  /** The advertisement that the poll has brought already. */
  readonly advertisement: Advertisement;
  readonly limits: SourceLimits;
  readonly signal: AbortSignal;
}

/** Another way to commits than the gateway. */
export interface CarriedCommits {
  readonly dialler: Pick<Dialler, 'request'>;
  /** They begin at the first one: a store can be made of them alone. */
  readonly isWhole: boolean;
}

export function uploadPackClient(options: UploadPackOptions): HttpClient {
  const { advertisement, dialler, limits, signal } = options;
  // One strict reader: isomorphic-git gets what ours has understood.
  const advertised = encodeAdvertisement(advertisement, 'git-upload-pack', capabilities);
  return {
    async request({ url, method = 'GET', headers = {}, body }) {
      const { pathname } = new URL(url);
      const answer = { url, method, statusCode: 200, statusMessage: 'OK' };
      if (method === 'GET') {
        const type = { 'content-type': 'application/x-git-upload-pack-advertisement' };
        return { ...answer, headers: type, body: once(advertised) };
      }
      const response = await dialler.request(
        {
          method: 'POST',
          path: pathname,
          headers,
          body: await collect(body ?? []),
          timeoutMs: limits.fetchTimeoutMs,
          idleTimeoutMs: limits.idleTimeoutMs,
          maxBytes: limits.maxPackBytes,
        },
        signal,
      );
      await expectOk(response, pathname);
      const bytes = await collect(response.body);
      checkPack(packOf(bytes), limits);
      return { ...answer, headers: { ...response.headers }, body: once(bytes) };
    },
  };
}

/** @throws TowlineError AGENT_REFUSED, AGENT_ANSWER */
export async function expectOk(response: DialResponse, path: string): Promise<void> {
  if (response.status === 200) return;
  const word = (await collect(response.body)).toString('utf8').slice(0, 300);
  const code = response.status === 401 || response.status === 403 ? 'AGENT_REFUSED' : 'AGENT_ANSWER';
  throw new TowlineError(code, `the gateway answers ${response.status} for ${path}: ${word}`, {
    details: { status: response.status },
  });
}

/** The pack inside a side-band-64k answer that ends as it must. @throws TowlineError GIT_PACK */
function packOf(body: Buffer): Buffer {
  const pieces: Buffer[] = [];
  let ended = false;
  for (const packet of readAnswer(body)) {
    ended = packet.kind === 'flush';
    if (packet.kind === 'flush') continue;
    const { payload } = packet;
    const band = payload.length === 0 ? 0 : payload.readUInt8(0);
    if (band === 1) pieces.push(payload.subarray(1));
    if (band === 3) {
      const word = payload.toString('utf8', 1, 300).trim();
      throw new TowlineError('GIT_PACK', `the gateway ended the fetch: ${word}`);
    }
    if (payload.toString('latin1', 0, 4) === 'ERR ') {
      throw new TowlineError(
        'GIT_PACK',
        `the gateway refused the fetch: ${payload.toString('utf8', 4, 300).trim()}`,
      );
    }
  }
  if (!ended || pieces.length === 0)
    throw new TowlineError('GIT_PACK', 'the answer ended before the pack did');
  return Buffer.concat(pieces);
}

async function* once(bytes: Uint8Array): AsyncIterableIterator<Uint8Array> {
  yield bytes;
}
