/** Whether a push is whole: everything that the new commit reaches is in its pack or under the tip it builds on. */
import { TowlineError } from '../../core/errors.ts';
import type { ObjectId } from '../../core/trust/git/object-source.ts';
import { type Links, linksOf } from './object-links.ts';
import type { PackedObject } from './pack-reader.ts';

export interface CheckedPush {
  /** What the new commit reaches in the pack; the rest of the pack is not kept. */
  readonly objects: readonly PackedObject[];
  readonly links: ReadonlyMap<ObjectId, Links>;
}

/**
 * @param oldId the device's tip, and what its tree holds.
 * @throws TowlineError GATEWAY_PACK_REFUSED, GATEWAY_OLD_ID_STALE when the new commit does not descend from the tip.
 */
export function checkPush(
  pack: ReadonlyMap<ObjectId, PackedObject>,
  newId: ObjectId,
  oldId: ObjectId | undefined,
  oldContent: ReadonlyMap<ObjectId, boolean>,
): CheckedPush {
  const found = new Map<ObjectId, PackedObject>();
  const links = new Map<ObjectId, Links>();
  const open: { id: ObjectId; type: PackedObject['type'] }[] = [{ id: newId, type: 'commit' }];
  let descends = oldId === undefined;
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { id, type } = next;
    if (id === oldId && type === 'commit') descends = true;
    if (found.has(id) || (id === oldId && type === 'commit')) {
      if (found.get(id)?.type !== undefined && found.get(id)?.type !== type)
        throw refused(id, 'is of another type');
      continue;
    }
    const object = pack.get(id);
    if (object === undefined) {
      const isTree = oldContent.get(id);
      if (type === 'commit' || isTree !== (type === 'tree')) throw refused(id, 'is missing');
      continue;
    }
    if (object.type !== type) throw refused(id, `is not a ${type}`);
    found.set(id, object);
    const pointsTo = linksOf(object);
    if (pointsTo === undefined) continue;
    links.set(id, pointsTo);
    if (pointsTo.type === 'commit') {
      open.push({ id: pointsTo.tree, type: 'tree' });
      for (const parent of pointsTo.parents) open.push({ id: parent, type: 'commit' });
    } else {
      for (const entry of pointsTo.entries) open.push({ id: entry.id, type: entry.isTree ? 'tree' : 'blob' });
    }
  }
  if (!descends) {
    throw new TowlineError('GATEWAY_OLD_ID_STALE', 'the new commit does not descend from the tip');
  }
  return { objects: [...found.values()], links };
}

function refused(id: ObjectId, what: string): TowlineError {
  return new TowlineError('GATEWAY_PACK_REFUSED', `${id} ${what}`);
}
