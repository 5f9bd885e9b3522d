/**
 * Approvals that a walk used under other ids, and that do not stand in the commit it moved to. None counts twice, so they
 * are remembered as long as the policy, to whose version each is bound, is the same.
 */
import { isTowlineError } from '../../errors.ts';
import type { ObjectReader } from '../git/object-reader.ts';
import type { ObjectId } from '../git/object-source.ts';
import { maxSpent, type TrustedState } from '../line/trusted-state.ts';
import { loadPolicy, type PolicyCache } from '../policy/policy-load.ts';
import { isLiveApproval } from './approval.ts';

/** `to`, and with it the approvals that were used by `own` and do not stand there. @throws TowlineError what the reader throws. */
export async function withSpent(
  reader: ObjectReader,
  policies: PolicyCache,
  own: TrustedState,
  to: TrustedState,
): Promise<TrustedState> {
  const policy = await loadPolicy(reader, to.commit, policies);
  const there = await approvalsIn(reader, to.commit);
  const spent = (own.spent ?? []).filter(path => !there.has(path));
  for (const [path, id] of await ownApprovals(reader, own.commit)) {
    if (there.has(path) || spent.includes(path)) continue;
    if (await isLiveApproval(reader, id, policy, to.lineTimeSec)) spent.push(path);
  }
  const { spent: _, ...rest } = to;
  return spent.length === 0 ? rest : { ...rest, spent: spent.slice(-maxSpent) };
}

/** Whether an approval that the one remembers as spent was used on the way to the other. */
export async function isUsedAgain(
  reader: ObjectReader,
  { spent = [] }: TrustedState,
  later: TrustedState,
): Promise<boolean> {
  if (spent.length === 0) return false;
  const there = await approvalsIn(reader, later.commit);
  return spent.some(path => there.has(path));
}

/** Whether an approval that stands in the one commit was used between the two others. @throws TowlineError what the reader throws. */
export async function isUsedSince(
  reader: ObjectReader,
  own: ObjectId,
  before: ObjectId,
  after: ObjectId,
): Promise<boolean> {
  const [known, now] = [await approvalsIn(reader, before), await approvalsIn(reader, after)];
  return [...(await approvalsIn(reader, own)).keys()].some(path => now.has(path) && !known.has(path));
}

/** A store that was lost with the twin in it, and fetched anew, does not have it: what was used there is then not known. */
async function ownApprovals(reader: ObjectReader, commit: ObjectId): Promise<ReadonlyMap<string, ObjectId>> {
  try {
    return await approvalsIn(reader, commit);
  } catch (error) {
    if (isTowlineError(error, 'TRUST_OBJECT_MISSING')) return new Map();
    throw error;
  }
}

async function approvalsIn(reader: ObjectReader, commit: ObjectId): Promise<ReadonlyMap<string, ObjectId>> {
  const folder = await reader.entryAt(commit, 'approvals');
  if (folder?.mode !== '040000') return new Map();
  const files = (await reader.tree(folder.id)).filter(({ mode }) => mode !== '040000');
  return new Map(files.map(({ name, id }) => [`approvals/${name}`, id]));
}
