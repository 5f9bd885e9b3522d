/**
 * A commit that names another line's, so that devices which trust that one come over: as a further parent, or in its
 * signed message, `Towline-Joins: <commit>` in the final block, for a commit whose objects only those devices have.
 */
import { isTowlineError } from '../../errors.ts';
import type { Commit } from '../git/commit-object.ts';
import type { ObjectReader } from '../git/object-reader.ts';
import type { ObjectId } from '../git/object-source.ts';
import type { HolderIndex } from '../holders/holder-index.ts';
import { markOf } from '../line/history.ts';
import { TrustedLine } from '../line/line.ts';
import { type LineTime, movesTime } from '../line/line-time.ts';
import { laterTime, type TrustedState, withTime } from '../line/trusted-state.ts';
import { loadPolicy, type PolicyCache } from '../policy/policy-load.ts';
import { finalTrailers, joinToken } from '../step/intent.ts';
import { isUsedSince, withSpent } from '../step/spent.ts';
import { judgeStep } from '../step/step.ts';
import { isVerdict } from '../step/verdict.ts';

/** An accepted commit that names the own one, and what was trusted before and after it. */
export interface Joint {
  readonly before: TrustedState;
  readonly after: TrustedState;
  /** The last commit of the line, up to this one, that had the own tree. */
  readonly sameTree?: ObjectId;
}

interface JointQuestion {
  readonly reader: ObjectReader;
  readonly policies: PolicyCache;
  readonly holders?: HolderIndex | undefined;
  readonly trusted: TrustedState;
  readonly nowSec?: number;
}

/** The first walk keeps the blank after the colon. */
const joined = /^ ?([0-9a-f]{40})$/;

/** The line of a message that names a commit. */
export function joinTrailer(commit: ObjectId): string {
  return `${joinToken}: ${commit}`;
}

/** Whether a step is one commit and that names `own`: then it is a joint. */
export async function isJoint(
  reader: ObjectReader,
  policies: PolicyCache,
  own: ObjectId,
  { before, after }: Pick<Joint, 'before' | 'after'>,
): Promise<boolean> {
  const commit = await reader.commit(after.commit);
  if (commit.parents[0] !== before.commit) return false;
  if (commit.parents.includes(own, 1)) return true;
  if (!commit.message.includes(own)) return false;
  return namedBy(commit, (await loadPolicy(reader, before.commit, policies)).walk).has(own);
}

/** What the message names, as the walk of the policy in force reads it. */
function namedBy({ message }: Commit, walk: number): ReadonlySet<ObjectId> {
  const trailers = finalTrailers(message, walk).filter(({ token }) => token === joinToken);
  return new Set(trailers.flatMap(({ value }) => joined.exec(value)?.[1] ?? []));
}

/** The state at the first joint whose signer may take this commit over. @throws TowlineError what the reader throws. */
export async function joinedState(
  question: JointQuestion,
  joints: readonly Joint[],
): Promise<TrustedState | undefined> {
  const { reader, policies, trusted: own } = question;
  for (const joint of joints) {
    const isTaken = (await isOnItsWay(question, joint)) || (await isStep(question, joint));
    if (!isTaken) continue;
    const { after } = joint;
    return withSpent(reader, policies, own, withTime(after, await timeAfter(question, after)));
  }
  return undefined;
}

/** The later time, but where root has set it since. */
async function timeAfter(
  { reader, policies, trusted: own }: JointQuestion,
  after: TrustedState,
): Promise<LineTime> {
  const before = await loadPolicy(reader, own.commit, policies);
  const { timeSec } = await loadPolicy(reader, after.commit, policies);
  const isSet = timeSec !== undefined && timeSec !== before.timeSec;
  return isSet ? after : laterTime(after, own);
}

/**
 * The line had the very files and policy that are trusted here, and all steps from there on were accepted: it is enough
 * that somebody with a voice signed that both are one. Without a signature whoever owns a gateway could go back to
 * before a revert; with one, too, where these files were left here once and come back to, or an approval of here is used
 * there afterwards.
 */
async function isOnItsWay(question: JointQuestion, joint: Joint): Promise<boolean> {
  const { reader, trusted: own } = question;
  const { sameTree, after } = joint;
  if (sameTree === undefined || !(await isSigned(question, joint))) return false;
  if (await isUsedSince(reader, own.commit, sameTree, after.commit)) return false;
  try {
    return await isThereOnce(reader.renewed(), own);
  } catch (error) {
    // What cannot be read any more cannot be shown.
    if (isVerdict(error) || isTowlineError(error, 'TRUST_OBJECT_MISSING')) return false;
    throw error;
  }
}

/** Whether the own line, from where the walk began, never had these files before it came to them. */
async function isThereOnce(reader: ObjectReader, { commit, from }: TrustedState): Promise<boolean> {
  const mark = await markOf(reader, commit);
  let hasOther = false;
  for (let id: ObjectId | undefined = commit; id !== undefined; ) {
    const isSame = (await markOf(reader, id)) === mark;
    if (isSame && hasOther) return false;
    hasOther ||= !isSame;
    if (id === from.commit) return true;
    id = (await reader.parents(id))[0];
  }
  return false;
}

async function isSigned(
  { reader, policies, holders, nowSec }: JointQuestion,
  joint: Joint,
): Promise<boolean> {
  const { signature } = await judgeStep({
    reader,
    policies,
    holders,
    trusted: joint.before,
    line: new TrustedLine(reader, joint.before.commit),
    end: joint.after.commit,
    single: true,
    ...(nowSec === undefined ? {} : { nowSec }),
  });
  const policy = await loadPolicy(reader, joint.before.commit, policies);
  return signature.sound && movesTime(policy, signature.by.principal);
}

/** As a step from the own commit, by the own policy. Its approvals state another change: the signature alone vouches. */
async function isStep(
  { reader, policies, holders, trusted, nowSec }: JointQuestion,
  joint: Joint,
): Promise<boolean> {
  const { stop } = await judgeStep({
    reader,
    policies,
    holders,
    trusted,
    line: new TrustedLine(reader, trusted.commit),
    end: joint.after.commit,
    single: true,
    signatureOnly: true,
    ...(nowSec === undefined ? {} : { nowSec }),
  });
  return stop === undefined;
}
