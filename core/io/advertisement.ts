/** What a git server advertises at `info/refs`, protocol version 0/1. Source: gitprotocol-http(5). */
import { isTowlineError, TowlineError } from '../errors.ts';
import type { ObjectId } from '../trust/object-source.ts';
import { readPackets } from './pkt-line.ts';

export interface Advertisement {
  readonly refs: ReadonlyMap<string, ObjectId>;
  readonly capabilities: ReadonlySet<string>;
}

/**
 * @param service `git-upload-pack` or `git-receive-pack`
 * @throws TowlineError GIT_NO_REPOSITORY, GIT_SHA256
 */
export function parseAdvertisement(body: Buffer, service: string): Advertisement {
  try {
    return parse(body, service);
  } catch (error) {
    if (!isTowlineError(error, 'GIT_PACK')) throw error;
    throw new TowlineError('GIT_NO_REPOSITORY', 'the answer to info/refs is no git advertisement', {
      cause: error,
    });
  }
}

function parse(body: Buffer, service: string): Advertisement {
  const refs = new Map<string, ObjectId>();
  let capabilities = new Set<string>();
  const [first, second, ...lines] = [...readPackets(body)];
  const announced = first === undefined || first === 'flush' ? '' : first.toString('latin1').trim();
  if (announced !== `# service=${service}` || second !== 'flush' || lines.at(-1) !== 'flush') {
    throw new TowlineError('GIT_NO_REPOSITORY', 'the answer to info/refs is no git advertisement');
  }
  for (const line of lines) {
    if (line === 'flush') continue;
    const [ref = '', words] = line.toString('utf8').replace(/\n$/, '').split('\0');
    if (words !== undefined) capabilities = new Set(words.trim().split(' '));
    const [id = '', name = ''] = [ref.slice(0, ref.indexOf(' ')), ref.slice(ref.indexOf(' ') + 1)];
    if (capabilities.has('object-format=sha256') || /^[0-9a-f]{64}$/.test(id)) throw sha256();
    if (!/^[0-9a-f]{40}$/.test(id)) {
      throw new TowlineError('GIT_NO_REPOSITORY', 'the advertisement has a line without an object id');
    }
    if (name !== 'capabilities^{}') refs.set(name, id);
  }
  return { refs, capabilities };
}

function sha256(): TowlineError {
  return new TowlineError('GIT_SHA256', 'the repository names its objects by SHA-256; Towline reads SHA-1');
}
