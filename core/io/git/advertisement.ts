/** What a git server advertises at `info/refs`, protocol version 0/1. Source: gitprotocol-http(5). */
import { isTowlineError, TowlineError } from '../../errors.ts';
import type { ObjectId } from '../../trust/git/object-source.ts';
import { encodePacket, flushPacket, readAnswer } from './pkt-line.ts';

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

/** The same in the server's form, with these of its capabilities: for a reader that is less strict than this one. */
export function encodeAdvertisement(
  { refs, capabilities }: Advertisement,
  service: string,
  known: readonly string[],
): Buffer {
  const words = known.filter(word => capabilities.has(word)).join(' ');
  const lines = [...refs].map(([name, id], index) => `${id} ${name}${index === 0 ? `\0${words}` : ''}\n`);
  const announced = encodePacket(`# service=${service}\n`);
  return Buffer.concat([announced, flushPacket, ...lines.map(line => encodePacket(line)), flushPacket]);
}

function parse(body: Buffer, service: string): Advertisement {
  const refs = new Map<string, ObjectId>();
  let capabilities = new Set<string>();
  const [first, second, ...lines] = [...readAnswer(body)];
  const announced = first?.kind === 'data' ? first.payload.toString('latin1').trim() : '';
  if (announced !== `# service=${service}` || second?.kind !== 'flush' || lines.at(-1)?.kind !== 'flush') {
    throw new TowlineError('GIT_NO_REPOSITORY', 'the answer to info/refs is no git advertisement');
  }
  for (const [index, line] of lines.entries()) {
    if (line.kind === 'flush') continue;
    const [ref = '', words, ...more] = line.payload.toString('utf8').replace(/\n$/, '').split('\0');
    // The first line has the capabilities, no other one does.
    if ((words !== undefined) !== (index === 0) || more.length > 0) {
      throw new TowlineError('GIT_NO_REPOSITORY', 'the advertisement has its capabilities at a wrong place');
    }
    if (words !== undefined) capabilities = new Set(words.trim().split(' '));
    const [id = '', name = ''] = [ref.slice(0, ref.indexOf(' ')), ref.slice(ref.indexOf(' ') + 1)];
    if (capabilities.has('object-format=sha256') || /^[0-9a-f]{64}$/.test(id)) throw sha256();
    if (!/^[0-9a-f]{40}$/.test(id) || !/^[!-~]+$/.test(name)) {
      throw new TowlineError('GIT_NO_REPOSITORY', 'the advertisement has a line that is no id and name');
    }
    if (name !== 'capabilities^{}') refs.set(name, id);
  }
  return { refs, capabilities };
}

function sha256(): TowlineError {
  return new TowlineError('GIT_SHA256', 'the repository names its objects by SHA-256; Towline reads SHA-1');
}
