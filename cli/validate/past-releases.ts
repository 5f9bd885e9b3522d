/**
 * Releases that are not what they were: a device that goes back finds what ran there, and a version means one thing. A
 * device's walk sees what changes from commit to commit; here all of history is at hand.
 */
import { canonicalJson } from '../../core/canonical-json.ts';
import type { Problem } from '../../core/errors.ts';
import { maxYamlBytes } from '../../core/fleet/limits.ts';
import { appFolder, releasePath } from '../../core/fleet/paths.ts';
import { readFleetFile } from '../../core/fleet/read-file.ts';
import { openSnapshot, type Snapshot } from '../desk/repository.ts';
import { ask, baseOf, changesOf, type Question } from './base-commit.ts';

/** Deletions of releases that are looked at, the newest ones. */
const maxDeletions = '10000';

interface Release {
  readonly app: string;
  readonly version: string;
}

const nameOf = ({ app, version }: Release) => releasePath(app, version);

/** What a release is, without the words about it. @returns undefined where it is not there */
async function substanceOf({ files, commit }: Snapshot, release: Release): Promise<string | undefined> {
  const file = await files.fileAt(commit, nameOf(release), maxYamlBytes);
  if (file === undefined) return undefined;
  const folder = appFolder(release.app, release.version);
  const entries: string[] = [];
  for await (const { path, mode, id } of files.list(commit, folder))
    if (path !== nameOf(release)) entries.push(`${path} ${mode} ${id}`);
  const read = readFleetFile('release', nameOf(release), file.bytes).file?.value;
  const { notes: _notes, withdrawn: _withdrawn, ...pinned } = read ?? {};
  const said = read === undefined ? file.bytes.toString() : canonicalJson(pinned);
  return [...entries.sort(), said].join('\n');
}

/** The commit before each release went, the newest time. */
async function deletions({ gitDirectory }: Question, base: string): Promise<Map<string, string>> {
  const filter = ['--diff-filter=D', '--name-only', '--no-renames', '-m', '--first-parent'];
  const args = ['log', ...filter, '--format=%x00%H', '-n', maxDeletions, base];
  const listed = await ask(gitDirectory, ...args, '--', 'apps/*/releases/*/release.yaml');
  const found = new Map<string, string>();
  for (const block of listed.split('\0').slice(1)) {
    const [commit = '', ...paths] = block.split('\n').filter(Boolean);
    for (const path of paths) if (!found.has(path)) found.set(path, `${commit}~1`);
  }
  return found;
}

/** @returns the paths that a change touches, a line each; undefined for a working tree: any */
async function touched({ gitDirectory, head }: Question, base: string): Promise<string | undefined> {
  if (head === undefined) return undefined;
  return await ask(
    gitDirectory,
    'diff',
    '--name-only',
    '--no-renames',
    base,
    head,
    '--',
    'apps/*/releases/*',
  );
}

async function changedSince(snapshot: Snapshot, before: Snapshot, release: Release): Promise<boolean> {
  const was = await substanceOf(before, release);
  return was !== undefined && was !== (await substanceOf(snapshot, release));
}

/** As `towline trust mend` does it: what the release was before a commit that devices stopped at. */
async function isTakenBack(question: Question, base: string, release: Release): Promise<boolean> {
  const folder = appFolder(release.app, release.version);
  for (const commit of await changesOf(question.gitDirectory, folder, [base])) {
    const parent = await ask(question.gitDirectory, 'rev-parse', '--verify', '--quiet', `${commit}~1`);
    if (parent === '') continue;
    await using then = await openSnapshot({ repo: question.gitDirectory, commit: parent });
    const was = await substanceOf(then, release);
    if (was !== undefined && was === (await substanceOf(question.snapshot, release))) return true;
  }
  return false;
}

export async function pastReleaseProblems(question: Question): Promise<Problem[]> {
  const { gitDirectory, snapshot, fleet } = question;
  const base = await baseOf(question);
  if (base === undefined) return [];
  const releases = [...fleet.apps].flatMap(([app, { releases: of }]) =>
    [...of.keys()].map((version): Release => ({ app, version })),
  );
  const paths = await touched(question, base);
  await using before = await openSnapshot({ repo: gitDirectory, commit: base });
  const problems: Problem[] = [];
  const fresh: Release[] = [];
  for (const release of releases) {
    const { app, version } = release;
    if ((await before.files.fileAt(before.commit, nameOf(release), maxYamlBytes)) === undefined)
      fresh.push(release);
    else if (paths?.includes(`${appFolder(app, version)}/`) === false) continue;
    else if (
      (await changedSince(snapshot, before, release)) &&
      !(await isTakenBack(question, base, release))
    ) {
      const message = `release ${version} of ${app} is not what it is in commit ${base.slice(0, 12)}: only its notes may change, and whether it is withdrawn`;
      problems.push({ code: 'TRUST_RELEASE_CHANGED', message, position: { file: nameOf(release) } });
    }
  }
  const deleted = fresh.length === 0 ? new Map<string, string>() : await deletions(question, base);
  for (const release of fresh) {
    const commit = deleted.get(nameOf(release));
    if (commit === undefined) continue;
    await using then = await openSnapshot({ repo: gitDirectory, commit });
    if (!(await changedSince(snapshot, then, release))) continue;
    const message = `${release.app} had a release ${release.version} before, with other content, until after commit ${then.commit.slice(0, 12)}: take another version`;
    problems.push({ code: 'FLEET_RELEASE_REUSED', message, position: { file: nameOf(release) } });
  }
  return problems;
}
