/** The very commit that a change of main's files is, before anybody has signed it: what is shown is what is signed. */
import { TowlineError } from '../errors.ts';
import type { Person } from '../trust/git/commit-object.ts';
import { objectId } from '../trust/git/object-hash.ts';
import type { ObjectReader } from '../trust/git/object-reader.ts';
import type { ObjectId } from '../trust/git/object-source.ts';
import type { Changes } from './changed-files.ts';
import { changedTree, type NewObject } from './changed-tree.ts';

export interface CommitQuestion {
  readonly reader: ObjectReader;
  /** Its tree is what changes, and it is the only parent. */
  readonly base: ObjectId;
  readonly changes: Changes;
  /** Whole, trailers and all. */
  readonly message: string;
  readonly author: Person;
  readonly committer: Person;
}

export interface UnsignedCommit {
  readonly base: ObjectId;
  readonly tree: ObjectId;
  /** What a signature signs: the commit's own bytes, as `git commit-tree` writes them. */
  readonly payload: Buffer;
  /** The id that it has without a signature. */
  readonly id: ObjectId;
  /** Blobs and trees that the base does not have at the same path; each once. */
  readonly objects: readonly NewObject[];
}

/** @throws TowlineError as `changedTree`; CLI_USAGE for a message or a person that git would write otherwise */
export async function commitOf(question: CommitQuestion): Promise<UnsignedCommit> {
  const { reader, base, changes, message, author, committer } = question;
  const { tree, objects } = await changedTree(reader, (await reader.commit(base)).tree, changes);
  if (message.trim() === '' || message.includes('\0') || !message.endsWith('\n'))
    throw new TowlineError('CLI_USAGE', 'a commit has a message, without NUL, that ends its last line');
  const lines = [
    `tree ${tree}`,
    `parent ${base}`,
    `author ${personLine(author)}`,
    `committer ${personLine(committer)}`,
  ];
  const payload = Buffer.from(`${lines.join('\n')}\n\n${message}`, 'utf8');
  return { base, tree, payload, id: objectId({ type: 'commit', bytes: payload }), objects };
}

/** A signature stands behind the other headers; its further lines are folded by a space (gitformat-signature(5)). */
export function withSignature(payload: Uint8Array, armored: string): Buffer {
  const bytes = Buffer.from(payload.buffer, payload.byteOffset, payload.length);
  const end = bytes.indexOf('\n\n') + 1;
  const header = `gpgsig ${armored.trimEnd().replaceAll('\n', '\n ')}\n`;
  return Buffer.concat([bytes.subarray(0, end), Buffer.from(header, 'latin1'), bytes.subarray(end)]);
}

/** git takes these from both ends of a name, or out of it. */
const crud = /^[\s.,:;<>"\\']|[\s.,:;<>"\\']$|[<>\n\0]/;

function personLine({ name, email, timeSec, zone }: Person): string {
  const isWritten = name !== '' && !crud.test(name) && !/[<>\s\0]/.test(email);
  if (isWritten && Number.isSafeInteger(timeSec) && timeSec >= 0 && /^[+-][0-9]{4}$/.test(zone))
    return `${name} <${email}> ${timeSec} ${zone}`;
  throw new TowlineError('CLI_USAGE', `${JSON.stringify(`${name} <${email}>`)} is nobody whom git writes`);
}
