/** What a device asks of upload-pack, read before anything is done for it. */
import { TowlineError } from '../../core/errors.ts';
import type { ObjectId } from '../../core/trust/object-source.ts';
import type { GitProtocol } from './advert.ts';
import { packetText, readPackets } from './pkt-line.ts';

export type FetchRequest =
  | { readonly command: 'ls-refs'; readonly prefixes: readonly string[] }
  | { readonly command: 'fetch'; readonly wants: readonly ObjectId[] };

/** Thrice what git sends that has been away for long. */
const maxPackets = 4000;
/** An agent names two, stock git a handful. */
const maxPrefixes = 64;

/**
 * @param body of `POST git-upload-pack`, inflated.
 * @throws TowlineError GATEWAY_REQUEST_MALFORMED for anything but ls-refs and a fetch by object id.
 */
export function readFetchRequest(body: Buffer, protocol: GitProtocol): FetchRequest {
  const lines: string[] = [];
  let count = 0;
  for (const found of readPackets(body)) {
    count += 1;
    if (count > maxPackets) throw new TowlineError('GATEWAY_REQUEST_MALFORMED', 'too many pkt-lines');
    if (found.kind === 'data') lines.push(packetText(found.payload));
  }
  if (protocol === 0) return { command: 'fetch', wants: wantsOf(lines) };
  const [command] = lines;
  if (command === 'command=ls-refs') {
    const prefixes = lines.filter(line => line.startsWith('ref-prefix ')).map(line => line.slice(11));
    if (prefixes.length > maxPrefixes) {
      throw new TowlineError('GATEWAY_REQUEST_MALFORMED', `${prefixes.length} ref-prefixes`);
    }
    return { command: 'ls-refs', prefixes };
  }
  if (command === 'command=fetch') return { command: 'fetch', wants: wantsOf(lines) };
  throw new TowlineError('GATEWAY_REQUEST_MALFORMED', 'only ls-refs and fetch are answered');
}

function wantsOf(lines: readonly string[]): ObjectId[] {
  const wants: ObjectId[] = [];
  for (const line of lines) {
    if (!line.startsWith('want')) continue;
    const id = /^want ([0-9a-f]{40})( |$)/.exec(line)?.[1];
    if (id === undefined) throw new TowlineError('GATEWAY_REQUEST_MALFORMED', 'a want without an object id');
    wants.push(id);
  }
  if (wants.length === 0) throw new TowlineError('GATEWAY_REQUEST_MALFORMED', 'nothing is wanted');
  return wants;
}
