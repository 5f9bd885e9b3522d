import { isTowlineError } from '../../errors.ts';
import type { ObjectReader } from '../git/object-reader.ts';
import type { ObjectId } from '../git/object-source.ts';
import { claimsAt } from './claims.ts';

/** What several files have, and one should have alone. */
export interface Contest {
  readonly paths: readonly string[];
  /** Name of the claim; absent: the files themselves, whose names say one id. */
  readonly claim?: string;
}

/**
 * Which of several files had an id or a key first along the line: what came later, before the walk refused it, locks
 * nobody out.
 * @returns undefined where that cannot be said: they came at once, or before what the store has.
 * @throws TowlineError what the reader throws, but for objects that are missing.
 */
export async function firstHolder(
  reader: ObjectReader,
  commit: ObjectId,
  { paths, claim }: Contest,
): Promise<string | undefined> {
  const known = new Map<string, boolean>();
  const has = async (at: ObjectId, path: string): Promise<boolean> => {
    const entry = await reader.entryAt(at, path);
    if (entry === undefined || entry.mode === '040000') return false;
    if (claim === undefined) return true;
    const key = `${entry.id} ${path}`;
    const found =
      known.get(key) ?? (await claimsAt(reader, path, entry.id)).all.some(({ name }) => name === claim);
    known.set(key, found);
    return found;
  };
  try {
    let holders = [...paths];
    let at: ObjectId | undefined = commit;
    for (let count = 0; at !== undefined && count < reader.limits.maxBaseCommits; count += 1) {
      const still: string[] = [];
      for (const path of holders) if (await has(at, path)) still.push(path);
      if (still.length < 2) return still[0];
      holders = still;
      at = (await reader.parents(at))[0];
    }
    return undefined;
  } catch (error) {
    if (isTowlineError(error, 'TRUST_OBJECT_MISSING')) return undefined;
    throw error;
  }
}
