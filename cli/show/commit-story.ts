/** What a commit is, from its own bytes: the fingerprint, what it changes, who would have to sign. */
import type { Changes } from '../../core/change/changed-files.ts';
import type { NewContent } from '../../core/change/new-content.ts';
import { missingOf, requirementsFor } from '../../core/change/who-signs.ts';
import { TowlineError } from '../../core/errors.ts';
import { maxProjectFileBytes } from '../../core/fleet/limits.ts';
import { type ChangedPath, changeBetween, noMode } from '../../core/trust/git/change.ts';
import { commitFingerprint } from '../../core/trust/git/commit-fingerprint.ts';
import type { Commit } from '../../core/trust/git/commit-object.ts';
import { ObjectReader } from '../../core/trust/git/object-reader.ts';
import type { ObjectId, ObjectSource } from '../../core/trust/git/object-source.ts';
import { loadPolicy } from '../../core/trust/policy/policy-load.ts';
import { voiceOf } from '../../core/trust/signature/evidence.ts';
import { checkCommitSignature } from '../../core/trust/step/commit-signature.ts';
import { unifiedDiff } from '../change/unified-diff.ts';
import { readLimits } from '../desk/read-limits.ts';
import type { TrustWalk } from '../trust/walk.ts';

export interface CommitStory {
  readonly commit: Commit;
  readonly fingerprint: string;
  /** Its first parent: what it changes is said against that. */
  readonly base: ObjectId;
  readonly change: readonly ChangedPath[];
  /** What those files are then. */
  readonly contents: Changes;
  /** Unified; '' where files change in nothing but their mode. */
  readonly diff: string;
  /** Each of these must be met yet; undefined: the base is not trusted by the walk, so nobody can say. */
  readonly needs: readonly string[] | undefined;
}

export interface StoryQuestion {
  /** Has the commit, and all of its base. */
  readonly source: ObjectSource;
  readonly id: ObjectId;
  /** To the base, where its walk leads there. */
  readonly walk: TrustWalk | undefined;
}

/** @throws TowlineError CLI_USAGE for the first commit; what the reader throws; CLI_GIT; the signal's reason */
export async function commitStory(
  { source, id, walk }: StoryQuestion,
  signal: AbortSignal,
): Promise<CommitStory> {
  const reader = new ObjectReader(source, readLimits);
  const commit = await reader.commit(id);
  const [base] = commit.parents;
  if (base === undefined)
    throw new TowlineError('CLI_USAGE', `${id} is the first commit: it stands on nothing`);
  const change = await changeBetween(reader, (await reader.commit(base)).tree, commit.tree);
  const contents = await contentOf(reader, change);
  const diff = await unifiedDiff({ files: reader, commit: base }, contents, signal);
  const isTrusted = walk !== undefined && walk.stopped === undefined && walk.trusted.commit === base;
  const needs = isTrusted ? await missing(source, commit, walk) : undefined;
  const payload = commit.signature?.payload ?? (await payloadOf(source, id));
  return { commit, fingerprint: commitFingerprint(payload), base, change, contents, diff, needs };
}

/** Who must sign yet: whoever has signed it counts, where the policy that it stands on says so. */
async function missing(source: ObjectSource, commit: Commit, walk: TrustWalk): Promise<readonly string[]> {
  const requirements = await requirementsFor({
    ...walk,
    ...{ reader: new ObjectReader(source), commit: commit.id },
  });
  if (commit.signature === undefined) return missingOf(requirements, new Set());
  const policy = await loadPolicy(walk.reader(), walk.trusted.commit, walk.policies);
  const evidence = checkCommitSignature(commit.signature, policy);
  return missingOf(requirements, new Set(evidence.sound ? [voiceOf(evidence.by)] : []));
}

/** Of a commit without a signature, whose id the reader has checked. */
async function payloadOf(source: ObjectSource, id: ObjectId): Promise<Uint8Array> {
  const object = await source.read(id);
  if (object !== undefined) return object.bytes;
  throw new TowlineError('TRUST_OBJECT_MISSING', `commit ${id} is not in the store`, { details: { id } });
}

async function contentOf(reader: ObjectReader, change: readonly ChangedPath[]): Promise<Changes> {
  const contents = new Map<string, NewContent | null>();
  for (const { path, newMode, newId } of change) {
    if (newMode === noMode) contents.set(path, null);
    else contents.set(path, { mode: newMode, bytes: await reader.blob(newId, maxProjectFileBytes) });
  }
  return contents;
}

/** `changed devices/pump.yaml`, and what no diff of contents says. */
export function changeWords({ path, oldMode, newMode }: ChangedPath): string {
  if (oldMode === noMode) return `new      ${path}${newMode === '100755' ? ' (executable)' : ''}`;
  if (newMode === noMode) return `removed  ${path}`;
  const mode =
    oldMode === newMode ? '' : ` (${newMode === '100755' ? 'becomes' : 'is no longer'} executable)`;
  return `changed  ${path}${mode}`;
}
