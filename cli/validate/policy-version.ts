/** A change of the policy that no device would take: its version was not raised. */
import type { Problem } from '../../core/errors.ts';
import { maxYamlBytes } from '../../core/fleet/limits.ts';
import { readFleetFile } from '../../core/fleet/read-file.ts';
import { policyPath } from '../../core/trust/policy/policy.ts';
import { remembered } from '../desk/remembered.ts';
import { openSnapshot, type Snapshot } from '../desk/repository.ts';
import { ask, baseOf, changesOf, type Question } from './base-commit.ts';

/** Nobody walks over what lies before the commit that is trusted to begin with. */
async function walkedFrom(gitDirectory: string, base: string): Promise<string> {
  const anchor = await remembered(gitDirectory, 'anchor');
  if (anchor === undefined) return base;
  return (await ask(gitDirectory, 'merge-base', base, anchor)) === base ? anchor : base;
}

/** One text for all that lies in trust/. */
async function trustOf({ files, commit }: Snapshot): Promise<string> {
  const entries: string[] = [];
  for await (const { path, mode, id } of files.list(commit, 'trust')) entries.push(`${path} ${mode} ${id}`);
  return entries.sort().join('\n');
}

async function versionOf({ files, commit }: Snapshot): Promise<number | undefined> {
  const file = await files.fileAt(commit, policyPath, maxYamlBytes);
  return file === undefined ? undefined : readFleetFile('policy', policyPath, file.bytes).file?.value.version;
}

/** As `towline trust mend` does it: what trust/ was before a commit that devices stopped at. */
async function isTakenBack(gitDirectory: string, head: string, base: string): Promise<boolean> {
  const trustAt = (commit: string) =>
    ask(gitDirectory, 'rev-parse', '--verify', '--quiet', `${commit}:trust`);
  const trust = await trustAt(head);
  for (const commit of await changesOf(gitDirectory, 'trust', [base]))
    if ((await trustAt(`${commit}~1`)) === trust) return true;
  return false;
}

/**
 * Whether a commit behind the base has raised it over its parent's: the base may have what devices stopped at, and
 * `towline trust mend` took back.
 */
async function isRaisedSince({ gitDirectory, head }: Question, base: string): Promise<boolean> {
  const range = ['--first-parent', `${base}..${head ?? 'HEAD'}`];
  for (const commit of await changesOf(gitDirectory, policyPath, range)) {
    const now = await versionAt(gitDirectory, commit);
    const before = await versionAt(gitDirectory, `${commit}~1`);
    if (now !== undefined && before !== undefined && now > before) return true;
  }
  return false;
}

async function versionAt(gitDirectory: string, commit: string): Promise<number | undefined> {
  await using snapshot = await openSnapshot({ repo: gitDirectory, commit });
  return await versionOf(snapshot);
}

export async function policyVersionProblems(question: Question): Promise<Problem[]> {
  const { gitDirectory, snapshot, head, fleet } = question;
  const { policy } = fleet;
  const parted = await baseOf(question);
  if (policy === undefined || parted === undefined) return [];
  const base = await walkedFrom(gitDirectory, parted);
  await using before = await openSnapshot({ repo: gitDirectory, commit: base });
  if ((await trustOf(before)) === (await trustOf(snapshot))) return [];
  const { version } = policy.value;
  const earlier = await versionOf(before);
  if (earlier === undefined || version > earlier) return [];
  if (head !== undefined && (await isTakenBack(gitDirectory, head, base))) return [];
  if (await isRaisedSince(question, base)) return [];
  const message = `trust/ differs from commit ${base.slice(0, 12)}, whose policy has version ${earlier}: this one must have ${earlier + 1}, not ${version}`;
  return [{ code: 'TRUST_POLICY_VERSION', message, position: policy.locate('/version') }];
}
