import { createHash } from 'node:crypto';
import { TowlineError } from '../../errors.ts';
import { type ChangedPath, noMode } from '../git/change.ts';
import type { ObjectReader } from '../git/object-reader.ts';
import type { ObjectId } from '../git/object-source.ts';
import type { Policy } from '../policy/policy.ts';
import {
  type Evidence,
  showTime,
  timeProblem,
  type UnsoundSignature,
  unsound,
} from '../signature/evidence.ts';
import { checkSignature } from '../signature/signature.ts';
import {
  type ApprovalStatement,
  type ApprovedChange,
  approvalPath,
  maxApprovalLifetimeSec,
  noContent,
  parseApprovalFile,
  parseApprovalPath,
  parseStatement,
} from './approval-statement.ts';

/** An approval that a step adds, found sound; time is not judged yet. */
export interface Approval {
  readonly path: string;
  readonly principal: string;
  readonly statement: ApprovalStatement;
  /** Under the policy in force, and under the one that the step brings. */
  readonly current: Evidence;
  readonly coming: Evidence | undefined;
}

/** What an approval is judged against. */
export interface ApprovalContext {
  readonly reader: ObjectReader;
  readonly policy: Policy;
  /** The policy that the step brings, when it changes trust/. */
  readonly comingPolicy: Policy | undefined;
  /** It brings one that cannot be read here: that may know a key which the one in force does not. */
  readonly isComingUnknown: boolean;
  /** The step's change, added approvals left out. */
  readonly change: readonly ChangedPath[];
  isBase(id: ObjectId): Promise<boolean>;
}

const maxApprovalBytes = 4 * 1024 * 1024;

/**
 * Checks one added approval against the very step that adds it.
 * @returns the approval, or why the step is refused.
 * @throws TowlineError what the reader throws.
 */
export async function checkApproval(
  added: ChangedPath,
  context: ApprovalContext,
): Promise<Approval | UnsoundSignature> {
  const { path } = added;
  const name = parseApprovalPath(path);
  if (name === undefined) return malformed(path, 'its name is not that of an approval');
  if (added.newMode !== '100644') return malformed(path, 'it is executable');
  const file = parseApprovalFile(await context.reader.blob(added.newId, maxApprovalBytes));
  const statement = file === undefined ? undefined : parseStatement(file.statement);
  if (file === undefined || statement === undefined)
    return malformed(path, 'it is not in the form of an approval');
  if (approvalPath(file.statement, name.principal) !== path)
    return malformed(path, 'its name is of another statement');
  const problem = await statementProblem(path, statement, context);
  if (problem !== undefined) return problem;
  const check = (policy: Policy): Evidence =>
    ownedBy(checkSignature(file.armored, file.statement, policy.keys, 'towline-approval'), name.principal);
  const current = check(context.policy);
  const coming = context.comingPolicy === undefined ? undefined : check(context.comingPolicy);
  if (!current.sound && coming?.sound !== true && !context.isComingUnknown)
    return { ...current, message: `${path}: ${current.message}` };
  return { path, principal: name.principal, statement, current, coming };
}

async function statementProblem(
  path: string,
  statement: ApprovalStatement,
  context: ApprovalContext,
): Promise<UnsoundSignature | undefined> {
  const { policy } = context;
  if (statement.fleet !== policy.fleet)
    return unsound('TRUST_APPROVAL_OTHER_LINE', `${path} is for fleet ${statement.fleet}`);
  if (statement.policyVersion !== policy.version) {
    return unsound(
      'TRUST_APPROVAL_POLICY',
      `${path} was given under policy version ${statement.policyVersion}; in force is ${policy.version}`,
    );
  }
  const lifetimeSec = statement.expiresSec - statement.timeSec;
  if (lifetimeSec <= 0 || lifetimeSec > maxApprovalLifetimeSec) {
    return malformed(path, `it would live ${lifetimeSec} s (limit ${maxApprovalLifetimeSec})`);
  }
  const difference = await changeDifference(context.reader, statement.changes, context.change);
  if (difference !== undefined) return unsound('TRUST_APPROVAL_OTHER_CHANGE', `${path}: ${difference}`);
  if (!(await context.isBase(statement.base))) {
    return unsound(
      'TRUST_APPROVAL_OTHER_LINE',
      `${path} has base ${statement.base}, which is not on the trusted line`,
    );
  }
  return undefined;
}

async function changeDifference(
  reader: ObjectReader,
  approved: readonly ApprovedChange[],
  change: readonly ChangedPath[],
): Promise<string | undefined> {
  const records = new Map(approved.map(record => [record.path, record]));
  for (const actual of change) {
    const record = records.get(actual.path);
    if (record === undefined) return `the step also changes ${actual.path}`;
    records.delete(actual.path);
    const same =
      record.oldMode === actual.oldMode &&
      record.oldId === actual.oldId &&
      record.newMode === actual.newMode &&
      record.newId === actual.newId;
    if (!same) return `the step changes ${actual.path} in another way`;
    if (record.sha256 !== (await contentHash(reader, actual)))
      return `the content of ${actual.path} is another`;
  }
  const [left] = records.keys();
  return left === undefined ? undefined : `the step does not change ${left}`;
}

/** SHA-256 of the new content, hexadecimal: what SHA-1 ids cannot promise. */
export async function contentHash(reader: ObjectReader, change: ChangedPath): Promise<string> {
  if (change.newMode === noMode) return noContent;
  const bytes = await reader.blob(change.newId, reader.limits.maxBlobBytes);
  return createHash('sha256').update(bytes).digest('hex');
}

function ownedBy(evidence: Evidence, principal: string): Evidence {
  if (!evidence.sound || evidence.by.principal === principal) return evidence;
  return unsound(
    'TRUST_APPROVAL_MALFORMED',
    `the approval names ${principal} and is signed by ${evidence.by.principal}`,
  );
}

/** Whether two commits have other approvals. @throws TowlineError what the reader throws. */
export async function approvalsDiffer(
  reader: ObjectReader,
  before: ObjectId,
  after: ObjectId,
): Promise<boolean> {
  const [old, now] = [await reader.entryAt(before, 'approvals'), await reader.entryAt(after, 'approvals')];
  return old?.id !== now?.id;
}

/** Whether an approval's expiry, or its key's, lies before line time. */
export function approvalTimeProblem(approval: Approval, atSec: number): UnsoundSignature | undefined {
  const { statement, path } = approval;
  if (atSec >= statement.expiresSec) {
    return unsound('TRUST_APPROVAL_EXPIRED', `${path} expired at ${showTime(statement.expiresSec)}`);
  }
  const problems = [approval.current, approval.coming].map(evidence =>
    evidence?.sound === true ? timeProblem(evidence, atSec) : evidence,
  );
  // One of the two policies may be the only one that knows the key.
  return problems[0] === undefined || (approval.coming !== undefined && problems[1] === undefined)
    ? undefined
    : problems[0];
}

/** Whether an approval, by the id of its file, could still be used: where it is removed it could be used twice. */
export async function isLiveApproval(
  reader: ObjectReader,
  id: ObjectId,
  policy: Policy,
  lineTimeSec: number,
): Promise<boolean> {
  const file = parseApprovalFile(await reader.blob(id, maxApprovalBytes));
  const statement = file === undefined ? undefined : parseStatement(file.statement);
  if (statement === undefined) return false;
  return statement.policyVersion >= policy.version && statement.expiresSec > lineTimeSec;
}

function malformed(path: string, why: string): UnsoundSignature {
  return unsound('TRUST_APPROVAL_MALFORMED', `${path}: ${why}`);
}

/** What was refused, as an error for callers that throw. */
export function asError(problem: UnsoundSignature): TowlineError {
  return new TowlineError(problem.code, problem.message);
}
