/** Of what two ways have brought, the statement that counts: a bundle may be older than what a gateway said last. */
import { isTowlineError } from '../../core/errors.ts';
import type { ObjectReader } from '../../core/trust/git/object-reader.ts';
import type { ObjectId } from '../../core/trust/git/object-source.ts';
import type { TrustedState } from '../../core/trust/line/trusted-state.ts';
import { verifyTimestamp } from '../../core/trust/timestamp.ts';

export interface StatedAt {
  readonly id: ObjectId;
  /** Seconds since the epoch. */
  readonly timeSec: number;
}

/** @param ids the first of those of the same time counts @returns undefined where none is a statement of this fleet's bot */
export async function newestTimestamp(
  reader: ObjectReader,
  trusted: TrustedState,
  ids: readonly (ObjectId | undefined)[],
): Promise<StatedAt | undefined> {
  let newest: StatedAt | undefined;
  for (const id of ids) {
    if (id === undefined) continue;
    try {
      const { timeSec } = await verifyTimestamp({ reader, trusted, id });
      if (newest === undefined || timeSec > newest.timeSec) newest = { id, timeSec };
    } catch (error) {
      const isNone =
        isTowlineError(error, 'TRUST_TIMESTAMP') || isTowlineError(error, 'TRUST_OBJECT_MISSING');
      if (!isNone) throw error;
    }
  }
  return newest;
}
