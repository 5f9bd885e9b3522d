/**
 * A patch to take away: one exact commit that nobody has signed yet, and the objects that main does not have, as a text that
 * mail and chat leave as it is. `towline sign FILE` takes it. Each object is hashed before it is believed.
 */
import { TowlineError } from '../errors.ts';
import { commitFingerprint } from '../trust/git/commit-fingerprint.ts';
import { parseCommit } from '../trust/git/commit-object.ts';
import { objectId } from '../trust/git/object-hash.ts';
import { isObjectId, type ObjectId, type RawObject } from '../trust/git/object-source.ts';
import { joinToken } from '../trust/step/intent.ts';
import type { NewObject } from './changed-tree.ts';
import type { UnsignedCommit } from './commit-of.ts';

export interface Patch extends UnsignedCommit {
  /** The fleet that it is for. */
  readonly fleet: string;
}

/** Longer ones are refused unread, characters: base64 of 12 MiB of objects. */
export const maxPatchCharacters = 16 * 1024 * 1024;
/** What a change of files comes to, many times over. */
const maxPatchObjects = 5_000;
const lineCharacters = 76;

const head =
  /^towline patch v1\nfleet ([a-z0-9-]{1,63})\nbase ([0-9a-f]{40})\nfingerprint ([0-9A-Z-]{24})\nobjects ([1-9][0-9]{0,3})\n/;
/** Looked at from their beginning alone: a text of many empty lines would take time by their square. */
const lastLines = /(?<!\n)\n+$/;
const joins = new RegExp(`^${joinToken}[ \\t]*:`, 'im');
const objectHead = /^(commit|tree|blob) ([0-9a-f]{40})$/;

/** As a text. @throws TowlineError TRUST_PATCH where it would be too long to be read again */
export function formatPatch({ fleet, base, payload, id, objects }: Patch): string {
  const all: readonly NewObject[] = [{ type: 'commit', bytes: payload, id }, ...objects];
  const text = [
    'towline patch v1',
    `fleet ${fleet}`,
    `base ${base}`,
    `fingerprint ${commitFingerprint(payload)}`,
    `objects ${all.length}`,
    ...all.flatMap(object => ['', `${object.type} ${object.id}`, ...linesOf(object.bytes)]),
    '',
  ].join('\n');
  if (text.length > maxPatchCharacters || all.length > maxPatchObjects)
    throw malformed('it would be too large');
  return text;
}

function linesOf(bytes: Uint8Array): readonly string[] {
  const base64 = Buffer.from(bytes).toString('base64');
  return base64.match(new RegExp(`.{1,${lineCharacters}}`, 'g')) ?? [];
}

/**
 * Reads such a text strictly: the commit first, unsigned, with the base as its one parent; each object by its own id, once.
 * Whether they are all that is missing, and what they change, is for who reads the tree.
 * @throws TowlineError TRUST_PATCH
 */
export function readPatch(text: string): Patch {
  if (text.length > maxPatchCharacters) throw malformed(`it has ${text.length} characters`);
  const plain = `${text.replaceAll('\r\n', '\n').replace(lastLines, '')}\n`;
  const found = head.exec(plain);
  const [whole = '', fleet = '', base = '', fingerprint, count] = found ?? [];
  if (found === null) throw malformed('it does not begin as one');
  const [commit, ...objects] = readObjects(plain.slice(whole.length), Number(count));
  if (commit?.type !== 'commit') throw malformed('its first object is no commit');
  const other = objects.find(({ type }) => type === 'commit');
  if (other !== undefined) throw malformed('it has a second commit');
  const tree = treeOf(commit, base);
  const payload = Buffer.from(commit.bytes);
  if (commitFingerprint(payload) !== fingerprint) throw malformed('its fingerprint is of another commit');
  return { fleet, base, tree, payload, id: commit.id, objects };
}

function readObjects(text: string, count: number): NewObject[] {
  if (count > maxPatchObjects) throw malformed(`it has ${count} objects`);
  const blocks = text.replace(/\n$/, '').split('\n\n');
  // The first one begins behind an empty line, too.
  const first = blocks[0] ?? '';
  if (!first.startsWith('\n') || blocks.length !== count)
    throw malformed(`it says ${count} objects and has others`);
  const known = new Set<ObjectId>();
  return blocks.map((block, index) => {
    const object = readObject(index === 0 ? block.slice(1) : block);
    if (known.has(object.id)) throw malformed(`object ${object.id} stands twice`);
    known.add(object.id);
    return object;
  });
}

function readObject(block: string): NewObject {
  const [title = '', ...lines] = block.split('\n');
  const [, type, id = ''] = objectHead.exec(title) ?? [];
  if (!isKind(type) || !isObjectId(id))
    throw malformed(`an object that begins ${JSON.stringify(title.slice(0, 60))}`);
  const base64 = lines.join('');
  const bytes = Buffer.from(base64, 'base64');
  if (bytes.toString('base64') !== base64) throw malformed(`object ${id} is no base64`);
  const object = { type, bytes };
  if (objectId(object) !== id) throw malformed(`object ${id} has other bytes`);
  return { ...object, id };
}

function isKind(type: string | undefined): type is RawObject['type'] {
  return type === 'commit' || type === 'tree' || type === 'blob';
}

/** @throws TowlineError TRUST_PATCH */
function treeOf({ bytes, id }: NewObject, base: ObjectId): ObjectId {
  let commit: ReturnType<typeof parseCommit>;
  try {
    commit = parseCommit(bytes, id);
  } catch (cause) {
    throw malformed('its commit cannot be read', cause);
  }
  if (commit.signature !== undefined) throw malformed('its commit is signed');
  // No page proposes that, and among other lines it is not seen.
  if (joins.test(commit.message)) throw malformed('its commit brings lines together');
  if (commit.parents.length !== 1 || commit.parents[0] !== base)
    throw malformed('its commit does not stand on its base');
  return commit.tree;
}

function malformed(why: string, cause?: unknown): TowlineError {
  return new TowlineError('TRUST_PATCH', `this is no patch to sign: ${why}`, { cause });
}
