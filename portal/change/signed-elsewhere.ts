/** A change that was taken away as a file, and came to main from another desk. */
import { commitFingerprint } from '../../core/trust/git/commit-fingerprint.ts';
import { ObjectReader } from '../../core/trust/git/object-reader.ts';
import type { ObjectId } from '../../core/trust/git/object-source.ts';
import type { FleetSource } from '../home/fleet-source.ts';
import type { Home } from '../home/home.ts';
import { type ChangeDraft, changeLimits } from './change-draft.ts';
import type { PendingChange } from './pending-change.ts';

/** Commits of main that are looked through for it, count: who signs a file does it soon. */
const mostCommits = 512;

/** @returns whether it is known only since now: it goes on as one that was pushed from here */
export async function isSignedElsewhere({ fleet, clock }: Home, change: PendingChange): Promise<boolean> {
  if (change.stage.is !== 'shown') return false;
  const signed = await signedElsewhere(fleet, change.draft);
  // Meanwhile it may be signed here.
  if (signed === undefined || change.stage.is !== 'shown') return false;
  change.stage = { is: 'pushed', signed, atMs: clock.now() };
  return true;
}

/** @returns its commit, signed, with the very bytes that were shown; undefined: main that is trusted has none */
async function signedElsewhere(
  fleet: FleetSource,
  { base, commit }: ChangeDraft,
): Promise<ObjectId | undefined> {
  const reader = new ObjectReader(fleet.objects, changeLimits);
  let at = fleet.current?.commit;
  for (let count = 0; at !== undefined && at !== base && count < mostCommits; count += 1) {
    const [parent]: readonly ObjectId[] = await reader.parents(at);
    if (parent === base) {
      const { payload } = (await reader.commit(at)).signature ?? {};
      return payload !== undefined && commitFingerprint(payload) === commitFingerprint(commit.payload)
        ? at
        : undefined;
    }
    at = parent;
  }
  return undefined;
}
