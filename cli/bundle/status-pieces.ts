/** The commits of a device in packs that a gateway takes: what it has gathered for months is more than one push may be. */
import { buildPack, type MadeObject } from '../../core/io/git/object-write.ts';
import { parseCommit } from '../../core/trust/git/commit-object.ts';
import type { ObjectId, ObjectSource } from '../../core/trust/git/object-source.ts';
import { parseTree } from '../../core/trust/git/tree-object.ts';

export interface StatusPiece {
  /** Its last commit. */
  readonly head: ObjectId;
  readonly pack: Buffer;
}

/** A gateway takes 2000 objects and 8 MiB at once unless it is told otherwise, and one commit more than this never goes in halves. */
const mostObjects = 1000;
const mostBytes = 4 * 1024 * 1024;
/** Of one file of a device, bytes. */
const maxObjectBytes = 64 * 1024 * 1024;

/** @param commits the oldest first; what they stand on, and what is in that unchanged, need not be in the source */
export async function* statusPieces(
  source: ObjectSource,
  commits: readonly ObjectId[],
): AsyncGenerator<StatusPiece> {
  const seen = new Set<ObjectId>();
  let objects: MadeObject[] = [];
  let head: ObjectId | undefined;
  for (const commit of commits) {
    const own = await newObjects(source, commit, seen);
    const bytes = [...objects, ...own].reduce((sum, object) => sum + object.bytes.length, 0);
    if (head !== undefined && (bytes > mostBytes || objects.length + own.length > mostObjects)) {
      yield { head, pack: buildPack(objects) };
      objects = [];
    }
    objects.push(...own);
    head = commit;
  }
  if (head !== undefined) yield { head, pack: buildPack(objects) };
}

async function newObjects(
  source: ObjectSource,
  commit: ObjectId,
  seen: Set<ObjectId>,
): Promise<MadeObject[]> {
  const found: MadeObject[] = [];
  const open = [commit];
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    if (seen.has(id)) continue;
    seen.add(id);
    const object = await source.read(id, maxObjectBytes);
    if (object === undefined) continue;
    found.push({ ...object, id });
    if (object.type === 'commit') open.push(parseCommit(object.bytes, id).tree);
    if (object.type === 'tree') open.push(...parseTree(object.bytes, id).map(entry => entry.id));
  }
  return found;
}
