/** A change of the policy that no device would take: its version was not raised. */
import { isTowlineError, type Problem } from '../../core/errors.ts';
import type { Fleet } from '../../core/fleet/fleet.ts';
import { maxYamlBytes } from '../../core/fleet/limits.ts';
import { readFleetFile } from '../../core/fleet/read-file.ts';
import { policyPath } from '../../core/trust/policy/policy.ts';
import { git } from '../desk/git.ts';
import { openSnapshot, type Snapshot } from '../desk/repository.ts';

/** Changes of the policy that are looked at for one that is taken back, or raises it. */
const maxChanges = '100';

interface Question {
  readonly gitDirectory: string;
  readonly snapshot: Snapshot;
  /** Undefined: the working tree. */
  readonly head: string | undefined;
  readonly fleet: Fleet;
}

/**
 * What is compared with: where main and this part, else the commit before. What several commits of a branch do together
 * is one step when they are merged.
 */
async function baseOf(gitDirectory: string, head: string | undefined): Promise<string | undefined> {
  const ask = (...args: string[]) => git(args, { directory: gitDirectory }).catch(nothing);
  for (const main of ['refs/remotes/origin/main', 'refs/heads/main']) {
    const parted = await ask('merge-base', head ?? 'HEAD', main);
    if (parted !== undefined && parted !== '' && parted !== head) return parted;
  }
  return ask('rev-parse', '--verify', '--quiet', head === undefined ? 'HEAD^{commit}' : `${head}~1`);
}

function nothing(error: unknown): undefined {
  if (!isTowlineError(error, 'CLI_GIT')) throw error;
  return undefined;
}

/** Nobody walks over what lies before the commit that is trusted to begin with. */
async function walkedFrom(gitDirectory: string, base: string): Promise<string> {
  const ask = (...args: string[]) => git(args, { directory: gitDirectory }).catch(nothing);
  const anchor = await ask('config', 'towline.anchor');
  if (anchor === undefined || anchor === '') return base;
  return (await ask('merge-base', '--is-ancestor', base, anchor)) === undefined ? base : anchor;
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
  const ask = (...args: string[]) => git(args, { directory: gitDirectory }).catch(nothing);
  const trust = await ask('rev-parse', '--verify', '--quiet', `${head}:trust`);
  const changed = await ask('log', '--format=%H', '-n', maxChanges, base, '--', 'trust');
  for (const commit of (changed ?? '').split('\n').filter(Boolean))
    if ((await ask('rev-parse', '--verify', '--quiet', `${commit}~1:trust`)) === trust) return true;
  return false;
}

/**
 * Whether a commit behind the base has raised it over its parent's: the base may have what devices stopped at, and
 * `towline trust mend` took back.
 */
async function isRaisedSince({ gitDirectory, head }: Question, base: string): Promise<boolean> {
  const range = `${base}..${head ?? 'HEAD'}`;
  const args = ['log', '--first-parent', '--format=%H', '-n', maxChanges, range, '--', policyPath];
  const changed = (await git(args, { directory: gitDirectory }).catch(nothing)) ?? '';
  for (const commit of changed.split('\n').filter(Boolean)) {
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
  const parted = await baseOf(gitDirectory, head);
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
