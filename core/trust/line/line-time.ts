import { type Policy, rootRole, timestampRole } from '../policy/policy.ts';

/**
 * What time it is on the line: judged by it, keys and approvals expire alike on every device, whenever it comes back.
 * One stolen key must not move it (a date of 2099 would end the fleet), and one honest person must not need a second
 * one to move it with them: so it is the newest time that two principals, or root's threshold, have vouched for.
 */
export interface LineTime {
  /** Seconds since the epoch. */
  readonly lineTimeSec: number;
  /** The newest time that one principal alone has vouched for; later than line time. */
  readonly ahead?: VouchedTime;
  /** Line time after the last change of trust/**: `time` of a policy never goes behind it, seconds since the epoch. */
  readonly trustSec: number;
}

/** Somebody's word for a time: the committer time under their signature, or the time of their approval. */
export interface VouchedTime {
  readonly principal: string;
  /** Seconds since the epoch. */
  readonly timeSec: number;
}

/** From which walk on two must agree; before it the newest vouched time counts. */
const firstWalkOfTwo = 2;

/** Line time at a commit of which nothing earlier is known: its own word, or root's. */
export function lineTimeAt(timeSec: number): LineTime {
  return { lineTimeSec: timeSec, trustSec: timeSec };
}

/** Whether somebody's word for a time counts: they may change something. Those who only stamp, or have no role, may not. */
export function movesTime(policy: Policy, principal: string): boolean {
  return [...policy.roles.values()].some(
    role => role.name !== timestampRole && role.principals.has(principal),
  );
}

/** Line time after a step in which these times were vouched for. */
export function advanceLineTime(before: LineTime, vouched: readonly VouchedTime[], policy: Policy): LineTime {
  if (policy.walk < firstWalkOfTwo) {
    return { ...before, lineTimeSec: Math.max(before.lineTimeSec, ...vouched.map(({ timeSec }) => timeSec)) };
  }
  const counted = vouched.filter(({ principal }) => movesTime(policy, principal));
  // Whose role was taken away is not waited for by a thief who has one key more.
  const kept = before.ahead !== undefined && movesTime(policy, before.ahead.principal) ? [before.ahead] : [];
  const [first, second] = newestOfEach([...kept, ...counted]);
  const lineTimeSec = Math.max(
    before.lineTimeSec,
    second?.timeSec ?? before.lineTimeSec,
    rootTime(counted, policy) ?? before.lineTimeSec,
  );
  const ahead = first !== undefined && first.timeSec > lineTimeSec ? { ahead: first } : {};
  return { lineTimeSec, trustSec: before.trustSec, ...ahead };
}

/** Line time after a step that changes trust/**. */
export function timeAfterRoot(time: LineTime, policy: Policy, coming: Policy): LineTime {
  const { ahead, ...rest } = time;
  // What root has said last is what a later `time` must not go behind; where one key alone says how late it is, that may.
  const isAgreed = policy.walk >= firstWalkOfTwo || coming.timeSec !== policy.timeSec;
  const trustSec = isAgreed ? time.lineTimeSec : time.trustSec;
  const isKept = ahead !== undefined && keepsKeys(ahead.principal, policy, coming);
  return { ...rest, trustSec, ...(isKept ? { ahead } : {}) };
}

/** Whose key was taken away, or taken back, may have lost it to whoever gave that word. */
function keepsKeys(principal: string, policy: Policy, coming: Policy): boolean {
  const good = ({ principals }: Policy): string[] =>
    (principals.get(principal) ?? [])
      .filter(key => !key.revoked)
      .map(({ kind, lookup }) => `${kind} ${lookup}`);
  const kept = new Set(good(coming));
  return good(policy).every(key => kept.has(key));
}

/** The newest word of each principal, newest first. */
function newestOfEach(vouched: readonly VouchedTime[]): VouchedTime[] {
  const newest = new Map<string, VouchedTime>();
  for (const word of vouched) {
    const known = newest.get(word.principal);
    if (known === undefined || known.timeSec < word.timeSec) newest.set(word.principal, word);
  }
  return [...newest.values()].sort((a, b) => b.timeSec - a.timeSec || (a.principal < b.principal ? -1 : 1));
}

/** The newest time that as many of root as its threshold asks for vouch for in one step. */
function rootTime(vouched: readonly VouchedTime[], policy: Policy): number | undefined {
  const root = policy.roles.get(rootRole);
  if (root === undefined) return undefined;
  const words = newestOfEach(vouched.filter(({ principal }) => root.principals.has(principal)));
  return words[root.threshold - 1]?.timeSec;
}
