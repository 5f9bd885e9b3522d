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
  /** Names of headers that git itself does not write. */
  readonly extraHeaders: readonly string[];
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
    extraHeaders: headers.extra,
    ...(signature === undefined ? {} : { signature }),
  };
}

/** From this walk on a commit may have headers that git does not write. Agents that know walk 1 alone cannot read it. */
const extraHeadersFrom = 2;

/** What writes a header, and the setting that leaves it out. */
const writers: readonly (readonly [name: RegExp, writer: string])[] = [
  [/^(?:change-id|jj:.*)$/, 'Jujutsu writes it unless `git.write-change-id-header` is false'],
  [/^gitbutler-/, 'GitButler writes it, and has no setting: commit on main with git'],
  [/^HG:/, 'hg-git writes it: commit on main with git'],
];

/** The commit itself. @throws TowlineError TRUST_COMMIT_HEADER for a header that git does not write, before walk 2 */
export function takenAtWalk(commit: Commit, walk: number): Commit {
  assertHeadersOfWalk(commit, walk);
  return commit;
}

/** @throws TowlineError TRUST_COMMIT_HEADER as `takenAtWalk` */
export function assertHeadersOfWalk({ id, extraHeaders: [name] }: Commit, walk: number): void {
  if (name === undefined || walk >= extraHeadersFrom) return;
  const writer = writers.find(([pattern]) => pattern.test(name))?.[1] ?? 'git does not write it';
  const message = `commit ${id} has a header ${JSON.stringify(name)} (${writer}), which walk ${walk} does not take`;
  throw new TowlineError('TRUST_COMMIT_HEADER', message, { details: { id } });
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
