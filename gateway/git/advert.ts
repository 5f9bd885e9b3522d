/** Ref adverts of the smart HTTP protocol, versions 0 and 2 (gitprotocol-http, gitprotocol-v2). */
import { createHash } from 'node:crypto';
import { encodePacket, flushPacket } from '../../core/io/git/pkt-line.ts';
import type { ObjectId } from '../../core/trust/git/object-source.ts';

/** 1 is answered as 0: a server may answer an older version than was asked for. */
export type GitProtocol = 0 | 2;

export interface Advert {
  readonly body: Buffer;
  /** Strong: it names these refs in this protocol. */
  readonly etag: string;
}

export const zeroId = '0'.repeat(40);

const uploadCapabilities = [
  'multi_ack',
  'thin-pack',
  'side-band',
  'side-band-64k',
  'ofs-delta',
  'shallow',
  'no-progress',
  'multi_ack_detailed',
  'no-done',
  'object-format=sha1',
  'agent=towline',
].join(' ');

/** No `delete-refs`, no `push-options`, no `atomic`; `no-thin`: a pack must stand by itself. */
const receiveCapabilities = [
  'report-status',
  'ofs-delta',
  'no-thin',
  'object-format=sha1',
  'agent=towline',
].join(' ');

/** The version named in a `Git-Protocol` header. */
export function protocolOf(header: string | undefined): GitProtocol {
  return header !== undefined && /(^|:)version=2(:|$)/.test(header) ? 2 : 0;
}

/** `GET info/refs?service=git-upload-pack`. Version 2 names no refs; its ETag still changes with them. */
export function uploadPackAdvert(refs: ReadonlyMap<string, ObjectId>, protocol: GitProtocol): Advert {
  const lines =
    protocol === 2
      ? ['version 2\n', 'agent=towline\n', 'ls-refs\n', 'fetch=shallow\n', 'object-format=sha1\n'].map(
          encodePacket,
        )
      : refLines(withHead(refs), `${uploadCapabilities} symref=HEAD:${mainBranch}`);
  const body = Buffer.concat([
    encodePacket('# service=git-upload-pack\n'),
    flushPacket,
    ...lines,
    flushPacket,
  ]);
  return { body, etag: etagOf(protocol, refs) };
}

/** `GET info/refs?service=git-receive-pack` for one device: nothing but its own ref. */
export function receivePackAdvert(refs: ReadonlyMap<string, ObjectId>): Buffer {
  return Buffer.concat([encodePacket('# service=git-receive-pack\n'), flushPacket, receivePackRefs(refs)]);
}

/** The same over SSH, where no service is named first. */
export function receivePackRefs(refs: ReadonlyMap<string, ObjectId>): Buffer {
  return Buffer.concat([...refLines(refs, receiveCapabilities), flushPacket]);
}

/** Answer to `command=ls-refs`. @param prefixes `ref-prefix` arguments; none: all refs. */
export function lsRefsAnswer(refs: ReadonlyMap<string, ObjectId>, prefixes: readonly string[]): Buffer {
  const matching = [...withHead(refs)].filter(
    ([name]) => prefixes.length === 0 || prefixes.some(prefix => name.startsWith(prefix)),
  );
  return Buffer.concat([...matching.map(([name, id]) => encodePacket(`${id} ${name}\n`)), flushPacket]);
}

const mainBranch = 'refs/heads/main';

/** Clients want a HEAD: stock git to know what to check out, isomorphic-git to fetch at all. */
function withHead(refs: ReadonlyMap<string, ObjectId>): ReadonlyMap<string, ObjectId> {
  const main = refs.get(mainBranch);
  return main === undefined ? refs : new Map([['HEAD', main], ...refs]);
}

function refLines(refs: ReadonlyMap<string, ObjectId>, capabilities: string): Buffer[] {
  const named = [...refs].map(([name, id]) => `${id} ${name}`);
  const [first = `${zeroId} capabilities^{}`, ...others] = named;
  return [encodePacket(`${first}\0${capabilities}\n`), ...others.map(line => encodePacket(`${line}\n`))];
}

function etagOf(protocol: GitProtocol, refs: ReadonlyMap<string, ObjectId>): string {
  const hash = createHash('sha256').update(`v${protocol}\n`);
  for (const [name, id] of refs) hash.update(`${id} ${name}\n`);
  return `"${hash.digest('base64url').slice(0, 22)}"`;
}
