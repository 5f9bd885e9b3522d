/**
 * What a device asks of upload-pack, read before anything is done for it: the known words, and nothing else reaches git. What
 * could ask about objects or refs that are not served (`deepen-not`, `want-ref`, `filter`) is no known word.
 */
import { TowlineError } from '../../core/errors.ts';
import {
  delimiterPacket,
  encodePacket,
  flushPacket,
  packetText,
  readPackets,
} from '../../core/io/git/pkt-line.ts';
import type { ObjectId } from '../../core/trust/git/object-source.ts';
import type { GitProtocol } from './advert.ts';

/** A line for git; `about`: an object that the device says it has. */
type Part = 'flush' | 'delimiter' | { readonly text: string; readonly about?: ObjectId };

export type FetchRequest =
  | { readonly command: 'ls-refs'; readonly prefixes: readonly string[] }
  | { readonly command: 'fetch'; readonly wants: readonly ObjectId[]; readonly parts: readonly Part[] };

/** Thrice what git sends that has been away for long. */
const maxPackets = 4000;
/** An agent names two, stock git a handful. */
const maxPrefixes = 64;
/** git's own for all of history. */
const maxDepth = 0x7fffffff;

/** What a client says of itself: nothing depends on it. */
const ofClient = /^(?:agent|session-id)=[\x21-\x7e]{0,256}$/;
const fetchWords = new Set(['thin-pack', 'no-progress', 'ofs-delta', 'deepen-relative', 'done']);
const listWords = new Set(['peel', 'symrefs', 'unborn']);
/** `include-tag` would send tags of other branches: it is left out, as by a repository without tags. */
const leftOut = 'include-tag';
const capabilities = new Set([
  'multi_ack',
  'multi_ack_detailed',
  'no-done',
  'thin-pack',
  'side-band',
  'side-band-64k',
  'ofs-delta',
  'no-progress',
  'shallow',
  'object-format=sha1',
]);

/**
 * @param body of `POST git-upload-pack`, inflated.
 * @throws TowlineError GATEWAY_REQUEST_MALFORMED for anything but ls-refs and a fetch by object id.
 */
export function readFetchRequest(body: Buffer, protocol: GitProtocol): FetchRequest {
  const lines: (string | 'flush' | 'delimiter')[] = [];
  const kinds: ('data' | 'flush' | 'delimiter')[] = [];
  for (const found of readPackets(body, malformed)) {
    if (kinds.length >= maxPackets) throw malformed('too many pkt-lines');
    if (found.kind === 'end') throw malformed('an end within a request');
    kinds.push(found.kind);
    lines.push(found.kind === 'data' ? packetText(found.payload) : found.kind);
  }
  const packets = lines.map((text, at) => ({ kind: kinds[at] ?? 'flush', text }));
  return protocol === 0 ? readVersion0(packets) : readVersion2(packets);
}

/** What git is given: what the device says it has is left out where it is none of the commits that are served. */
export function uploadPackInput(parts: readonly Part[], isServed: (id: ObjectId) => boolean): Buffer {
  const pieces: Buffer[] = [];
  for (const part of parts) {
    if (part === 'flush') pieces.push(flushPacket);
    else if (part === 'delimiter') pieces.push(delimiterPacket);
    else if (part.about === undefined || isServed(part.about)) pieces.push(encodePacket(`${part.text}\n`));
  }
  return Buffer.concat(pieces);
}

interface Read {
  readonly kind: 'data' | 'flush' | 'delimiter';
  readonly text: string;
}

/** gitprotocol-v2: a command, capabilities, a delimiter, arguments, one flush at the end. */
function readVersion2(packets: readonly Read[]): FetchRequest {
  const [command, ...rest] = packets;
  const end = rest.pop();
  if (command?.kind !== 'data' || end?.kind !== 'flush' || rest.some(({ kind }) => kind === 'flush')) {
    throw malformed('not one command that ends with a flush');
  }
  const at = rest.findIndex(({ kind }) => kind === 'delimiter');
  const head = (at < 0 ? rest : rest.slice(0, at)).map(({ text }) => text);
  const said = at < 0 ? [] : rest.slice(at + 1);
  if (said.some(({ kind }) => kind !== 'data')) throw malformed('a second delimiter');
  for (const word of head) {
    if (word !== 'object-format=sha1' && !ofClient.test(word)) throw unknown(word);
  }
  const words = said.map(({ text }) => text);
  if (command.text === 'command=ls-refs') return { command: 'ls-refs', prefixes: prefixesOf(words) };
  if (command.text !== 'command=fetch') throw malformed('only ls-refs and fetch are answered');
  const parts: Part[] = [{ text: command.text }, { text: 'object-format=sha1' }, 'delimiter'];
  for (const word of words)
    if (word !== leftOut) parts.push(fetchWords.has(word) ? { text: word } : partOf(word));
  return fetchOf([...parts, 'flush']);
}

/** gitprotocol-pack: wants, the first one with capabilities, shallow, deepen, flush, then haves, flushes, done. */
function readVersion0(packets: readonly Read[]): FetchRequest {
  const parts: Part[] = [];
  for (const { kind, text } of packets) {
    if (kind === 'delimiter') throw malformed('a delimiter in version 0');
    if (kind === 'flush') parts.push(kind);
    else if (parts.length === 0) parts.push(firstWant(text));
    else parts.push(text === 'done' ? { text } : partOf(text));
  }
  return fetchOf(parts);
}

function firstWant(text: string): Part {
  const [want = '', id = '', ...words] = text.trimEnd().split(' ');
  const kept = words.filter(word => word !== leftOut && !ofClient.test(word));
  const strange = kept.find(word => !capabilities.has(word));
  if (strange !== undefined) throw unknown(strange);
  partOf(`${want} ${id}`);
  return { text: [want, id, ...kept].join(' ') };
}

function partOf(line: string): Part {
  const match = /^(want|have|shallow|deepen) ([0-9a-f]{40}|[1-9][0-9]{0,9})$/.exec(line);
  const [, word, value = ''] = match ?? [];
  const isId = value.length === 40;
  if (word === 'deepen' ? isId || Number(value) > maxDepth : !isId) throw unknown(line);
  return word === 'have' || word === 'shallow' ? { text: line, about: value } : { text: line };
}

function fetchOf(parts: readonly Part[]): FetchRequest {
  const wants: ObjectId[] = [];
  for (const part of parts) {
    if (typeof part === 'object' && part.text.startsWith('want ')) wants.push(part.text.slice(5, 45));
  }
  if (wants.length === 0) throw malformed('nothing is wanted');
  return { command: 'fetch', wants, parts };
}

function prefixesOf(words: readonly string[]): string[] {
  const prefixes: string[] = [];
  for (const word of words) {
    if (word.startsWith('ref-prefix ')) prefixes.push(word.slice(11));
    else if (!listWords.has(word)) throw unknown(word);
  }
  if (prefixes.length > maxPrefixes) throw malformed(`${prefixes.length} ref-prefixes`);
  return prefixes;
}

function unknown(word: string): TowlineError {
  return malformed(`${JSON.stringify(word.slice(0, 40))} is not asked of upload-pack here`);
}

function malformed(message: string): TowlineError {
  return new TowlineError('GATEWAY_REQUEST_MALFORMED', message);
}
