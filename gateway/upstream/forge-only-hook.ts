/**
 * While a forge is mirrored, main comes from there: git's `update` hook says so to who pushes it here. Other refs
 * (drafts, refs/towline/timestamp) are taken as ever.
 */
import { type UpdateHook, writeUpdateHook } from '../git/update-hook.ts';

const forMain = 'refuse "GATEWAY_UPSTREAM_IS_SOURCE main comes from the forge: push there"';

/** @throws TowlineError GATEWAY_STATE_UNUSABLE */
export async function writeForgeOnlyHook(folder: string): Promise<UpdateHook> {
  await writeUpdateHook(folder, forMain);
  return { folder, code: 'GATEWAY_UPSTREAM_IS_SOURCE' };
}
