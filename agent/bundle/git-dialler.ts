/** The commits of a bundle, as a gateway would serve them: what asks for commits cannot tell it from one. */
import { createReadStream } from 'node:fs';
import { TowlineError } from '../../core/errors.ts';
import { encodeAdvertisement } from '../../core/io/git/advertisement.ts';
import { encodePacket, flushPacket } from '../../core/io/git/pkt-line.ts';
import type { Dialler, DialResponse } from '../../core/io/https/dialler.ts';
import type { ImportedBundle } from './import-folder.ts';

/** Of a pack in one packet, bytes: gitprotocol-pack(5), side-band-64k. */
const pieceBytes = 65_000;
const capabilities = ['multi_ack_detailed', 'no-done', 'side-band-64k', 'ofs-delta', 'shallow'];

/** Everything else it answers as a gateway that is away. */
export function gitDialler({ git }: ImportedBundle): Pick<Dialler, 'request'> {
  return {
    async request({ method, path }) {
      if (method === 'GET' && path.startsWith('/fleet.git/info/refs')) return answer(advertisement(git));
      if (method === 'POST' && path === '/fleet.git/git-upload-pack') return answer(uploaded(git));
      throw new TowlineError('AGENT_GATEWAY_UNREACHABLE', `a bundle does not have ${path}`);
    },
  };
}

function answer(body: AsyncIterable<Uint8Array>): DialResponse {
  return { status: 200, headers: {}, body };
}

async function* advertisement({ refs }: ImportedBundle['git']): AsyncGenerator<Uint8Array> {
  const head = refs.get('refs/heads/main');
  // As a repository has it, and isomorphic-git looks for it.
  const all = new Map([...(head === undefined ? [] : [['HEAD', head] as const]), ...refs]);
  const known = { refs: all, capabilities: new Set(capabilities) };
  yield encodeAdvertisement(known, 'git-upload-pack', capabilities);
}

/** The whole pack, whatever was asked for: what the device has of it already it takes once more. */
async function* uploaded({ file, packAt }: ImportedBundle['git']): AsyncGenerator<Uint8Array> {
  yield encodePacket('NAK\n');
  const pieces: AsyncIterable<Buffer> = createReadStream(file, { start: packAt, highWaterMark: pieceBytes });
  for await (const piece of pieces) yield encodePacket(Buffer.concat([Buffer.from([1]), piece]));
  yield flushPacket;
}
