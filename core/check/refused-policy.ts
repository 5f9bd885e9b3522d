/** A policy that no device would let come into force, whoever signs it: they would stop before the commit that brings it. */
import { isTowlineError, type Problem } from '../errors.ts';
import type { Fleet } from '../fleet/fleet.ts';
import type { RepositoryFiles } from '../fleet/repository-files.ts';
import type { ObjectId } from '../trust/git/object-source.ts';
import { parsePolicy, policyPath } from '../trust/policy/policy.ts';
import { type KeyFiles, maxPolicyBytes, policyOf } from '../trust/policy/policy-load.ts';
import { assertUsablePolicy } from '../trust/policy/policy-problem.ts';

/** Which keys have expired is for line time to say, and that is the walk's: here none has. */
const noTimeSec = 0;

/** @throws TowlineError what the reader throws */
export async function refusedPolicyProblems(
  { policy }: Fleet,
  reader: RepositoryFiles & KeyFiles,
  commit: ObjectId,
): Promise<Problem[]> {
  if (policy === undefined) return [];
  try {
    const file = await reader.fileAt(commit, policyPath, maxPolicyBytes);
    if (file === undefined) return [];
    assertUsablePolicy(await policyOf(reader, commit, parsePolicy(file.bytes)), noTimeSec);
    return [];
  } catch (error) {
    if (!isTowlineError(error) || !error.code.startsWith('TRUST_POLICY_')) throw error;
    const { code, message } = error;
    const [, rule] = /^rule (\d+) /.exec(message) ?? [];
    const pointer = rule === undefined ? '' : `/rules/${Number(rule) - 1}`;
    return [{ code, message, position: policy.locate(pointer) }];
  }
}
