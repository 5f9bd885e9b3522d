/** A fleet whose releases are looked at, and the commits that brought them. */
import type { Fleet } from '../../core/fleet/fleet.ts';
import type { RepositoryFiles } from '../../core/fleet/repository-files.ts';
import { type CommitWord, LineReader } from '../../core/history/line-reader.ts';
import { GitCatFileSource } from '../../core/io/git/git-object-source.ts';
import { ObjectReader } from '../../core/trust/git/object-reader.ts';
import { loadKeptFleet } from '../desk/kept-fleet.ts';
import { readLimits } from '../desk/read-limits.ts';
import { openRepository, openSnapshot } from '../desk/repository.ts';
import { madeBy } from './made-by.ts';

export interface OpenReleases extends AsyncDisposable {
  readonly gitDirectory: string;
  readonly fleet: Fleet;
  readonly files: RepositoryFiles;
  readonly line: LineReader;
  /** Of these apps: path of a release.yaml → the commit that brought it; undefined: it is in none. */
  made(
    apps: readonly string[],
    signal: AbortSignal,
  ): Promise<(path: string) => Promise<CommitWord | undefined>>;
}

/** @throws TowlineError CLI_NOT_A_REPOSITORY, CLI_NO_SUCH_COMMIT; FleetProblems */
export async function openReleases(options: {
  readonly repo: string;
  readonly commit?: string;
}): Promise<OpenReleases> {
  const { gitDirectory } = await openRepository(options.repo);
  const snapshot = await openSnapshot(options);
  const source = new GitCatFileSource(gitDirectory);
  const dispose = async () => {
    await source[Symbol.asyncDispose]();
    await snapshot[Symbol.asyncDispose]();
  };
  try {
    const fleet = await loadKeptFleet(gitDirectory, snapshot);
    const line = new LineReader(new ObjectReader(source, readLimits));
    const made: OpenReleases['made'] = async (apps, signal) => {
      const commits = await madeBy({ gitDirectory, head: fleet.commit, apps }, signal);
      return async path => {
        const commit = commits.get(path);
        return commit === undefined ? undefined : await line.word(commit);
      };
    };
    const { files } = snapshot;
    return { gitDirectory, fleet, files, line, made, [Symbol.asyncDispose]: dispose };
  } catch (error) {
    await dispose();
    throw error;
  }
}
