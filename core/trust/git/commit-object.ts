import { TowlineError } from '../../errors.ts';
import { type CommitHeaders, parseCommitHeaders } from './commit-headers.ts';
import type { ObjectId } from './object-source.ts';

/** Who made a commit, and when they said they did. */
export interface Person {
  readonly name: string;
  readonly email: string;
  /** Seconds since the epoch. */
  readonly timeSec: number;
  /** Offset from UTC as git writes it, such as `+0100`. */
  readonly zone: string;
}

export interface CommitSignature {
  /** The armored signature as it stands in the `gpgsig` header, continuation blanks removed. */
  readonly armored: string;
  /** What was signed: the raw commit without the lines of its `gpgsig` header. */
  readonly payload: Uint8Array;
}

export interface Commit {
  readonly id: ObjectId;
  readonly tree: ObjectId;
  readonly parents: readonly ObjectId[];
  readonly author: Person;
  readonly committer: Person;
  /** The message; bytes that are not UTF-8 are replaced. */
  readonly message: string;
  readonly signature?: CommitSignature;
}

const personPattern = /^([^<>\n]*) <([^<>\n]*)> (0|[1-9][0-9]{0,11}) ([+-][0-9]{4})$/;

/**
 * Reads a raw commit strictly and takes its signature out byte for byte, as `git verify-commit` does; a library's
 * own payload let a commit with a `gpgsigx` header show another author.
 * @throws TowlineError TRUST_MALFORMED_OBJECT
 */
export function parseCommit(bytes: Uint8Array, id: ObjectId): Commit {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  const headers = parseCommitHeaders(buffer, id);
  const signature = readSignature(buffer, headers);
  return {
    id,
    tree: headers.tree,
    parents: headers.parents,
    author: readPerson(headers.author, id),
    committer: readPerson(headers.committer, id),
    message: buffer.toString('utf8', headers.messageStart),
    ...(signature === undefined ? {} : { signature }),
  };
}

function readPerson(line: string, id: ObjectId): Person {
  const match = personPattern.exec(line);
  if (match === null) {
    throw new TowlineError('TRUST_MALFORMED_OBJECT', `commit ${id} has a malformed author or committer`, {
      details: { id },
    });
  }
  const [, name = '', email = '', time = '0', zone = '+0000'] = match;
  return { name, email, timeSec: Number(time), zone };
}

function readSignature(buffer: Buffer, headers: CommitHeaders): CommitSignature | undefined {
  if (headers.signature === undefined) return undefined;
  const { start, end } = headers.signature;
  const armored = buffer.toString('latin1', start + 'gpgsig '.length, end).replaceAll('\n ', '\n');
  return { armored, payload: Buffer.concat([buffer.subarray(0, start), buffer.subarray(end)]) };
}
