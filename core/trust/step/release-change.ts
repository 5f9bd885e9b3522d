/** What was released stays what it is: a device that goes back finds what ran there, and a version means one thing. */
import { appFolder, releasePath } from '../../fleet/paths.ts';
import { type ChangedPath, noMode } from '../git/change.ts';
import type { ObjectReader } from '../git/object-reader.ts';
import type { ObjectId } from '../git/object-source.ts';
import { fieldChange } from '../policy/field-change.ts';
import type { Policy } from '../policy/policy.ts';
import { unsound } from '../signature/evidence.ts';
import type { StepProblem, StepQuestion } from './step-types.ts';

/** Words about a release, not parts of it. */
const mayChange = new Set(['notes', 'withdrawn']);
const inRelease = /^apps\/([^/]+)\/releases\/([^/]+)\/./;

/**
 * From walk 2 on, the first file of an accepted release that the step changes, adds or removes. A release may go as a whole, and its notes may
 * change, and whether it is withdrawn.
 * @throws TowlineError what the reader throws
 */
export async function releaseChangeProblem(
  { reader, trusted, end }: StepQuestion,
  { policy, change }: { readonly policy: Policy; readonly change: readonly ChangedPath[] },
): Promise<StepProblem | undefined> {
  if (policy.walk < 2) return undefined;
  const isThere = async (commit: ObjectId, path: string) =>
    (await reader.entryAt(commit, path)) !== undefined;
  const kept = new Map<string, boolean>();
  for (const entry of change) {
    const [, app = '', version = ''] = inRelease.exec(entry.path) ?? [];
    if (app === '') continue;
    const file = releasePath(app, version);
    const isKept =
      kept.get(file) ??
      ((await isThere(trusted.commit, file)) && (await isThere(end, appFolder(app, version))));
    kept.set(file, isKept);
    if (!isKept || (entry.path === file && (await isWord(reader, entry)))) continue;
    const message = `release ${version} of ${app} was accepted, and ${entry.path} ${whatHappens(entry)}: only its notes may change, and whether it is withdrawn`;
    return { ...unsound('TRUST_RELEASE_CHANGED', message), path: entry.path };
  }
  return undefined;
}

async function isWord(reader: ObjectReader, entry: ChangedPath): Promise<boolean> {
  const changed = await fieldChange(reader, entry);
  return 'pointers' in changed && changed.pointers.every(([key = '']) => mayChange.has(key));
}

function whatHappens({ oldMode, newMode }: ChangedPath): string {
  if (oldMode === noMode) return 'is added';
  return newMode === noMode ? 'is removed' : 'changes';
}
