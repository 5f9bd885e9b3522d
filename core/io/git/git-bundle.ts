/** What stands before the pack in a file of `git bundle`. Source: gitformat-bundle(5), version 2. */
import { open } from 'node:fs/promises';
import { TowlineError } from '../../errors.ts';
import { isObjectId, type ObjectId } from '../../trust/git/object-source.ts';

export interface GitBundleHeader {
  /** Commits that whoever reads the pack must have. */
  readonly prerequisites: readonly ObjectId[];
  readonly refs: ReadonlyMap<string, ObjectId>;
}

const signature = '# v2 git bundle\n';
/** Of the header, bytes: a bundle of ours has two refs and a few prerequisites. */
export const maxGitBundleHeader = 64 * 1024;

export function writeGitBundleHeader({ prerequisites, refs }: GitBundleHeader): Buffer {
  const lines = [...prerequisites.map(id => `-${id}\n`), ...[...refs].map(([name, id]) => `${id} ${name}\n`)];
  return Buffer.from(`${signature}${lines.join('')}\n`);
}

/**
 * @param head the first bytes, with the whole header in them
 * @returns the header, and where the pack begins
 * @throws TowlineError BUNDLE_FORMAT, GIT_SHA256
 */
export function readGitBundleHeader(head: Buffer): GitBundleHeader & { readonly packAt: number } {
  const end = head.subarray(0, maxGitBundleHeader).indexOf('\n\n');
  const text = head.toString('latin1', 0, end + 1);
  if (text.startsWith('# v3 git bundle\n@object-format=sha256\n'))
    throw new TowlineError('GIT_SHA256', 'the bundle names its objects by SHA-256; Towline reads SHA-1');
  if (end === -1 || !text.startsWith(signature)) throw wrong('its commits are no bundle of git, version 2');
  const prerequisites: ObjectId[] = [];
  const refs = new Map<string, ObjectId>();
  for (const line of text.slice(signature.length, end).split('\n')) {
    // git puts the subject behind what is needed.
    const [, needed = '', id = '', name = ''] = /^(-?)([0-9a-f]{40})(?: (.*))?$/.exec(line) ?? [];
    if (!isObjectId(id) || (needed === '' && (!/^[!-~]+$/.test(name) || refs.has(name))))
      throw wrong('the header of its commits has a line that makes no sense');
    if (needed === '-') prerequisites.push(id);
    else refs.set(name, id);
  }
  return { prerequisites, refs, packAt: end + 2 };
}

/** Of a file. @throws TowlineError BUNDLE_FORMAT, GIT_SHA256; what the disk throws */
export async function gitBundleHeaderOf(file: string): Promise<ReturnType<typeof readGitBundleHeader>> {
  const handle = await open(file, 'r');
  try {
    const head = Buffer.alloc(maxGitBundleHeader);
    const { bytesRead } = await handle.read(head, 0, maxGitBundleHeader, 0);
    return readGitBundleHeader(head.subarray(0, bytesRead));
  } finally {
    await handle.close();
  }
}

function wrong(message: string): TowlineError {
  return new TowlineError('BUNDLE_FORMAT', message);
}
