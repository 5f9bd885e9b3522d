/** Earlier contents of files below secrets/, from git's history. */
import { isTowlineError } from '../../core/errors.ts';
import type { SecretHistory } from '../../core/fleet/secret-check.ts';
import { maxSecretBytes } from '../../core/secrets/document.ts';
import { git, gitBytes } from '../desk/git.ts';

/** Commits that are looked through for one file. */
const maxCommits = 1000;

/** @param commit where history begins; undefined for the working tree: HEAD */
export function gitHistory(directory: string, commit: string | undefined): SecretHistory {
  return async function* earlier(path) {
    const args = ['log', '-m', '--raw', '--no-abbrev', '--no-renames', '--format=', `-n${maxCommits}`];
    let listed: string;
    try {
      listed = await git([...args, commit ?? 'HEAD', '--', path], { directory });
    } catch (error) {
      // A repository without commits has no history.
      if (isTowlineError(error, 'CLI_GIT')) return;
      throw error;
    }
    const ids = new Set<string>();
    for (const line of listed.split('\n')) {
      const [, , before, after] = line.split(' ');
      for (const id of [after, before]) if (id !== undefined && /^(?!0+$)[0-9a-f]{40}$/.test(id)) ids.add(id);
    }
    for (const id of ids) {
      const bytes = await gitBytes(['cat-file', 'blob', id], { directory });
      if (bytes.length <= maxSecretBytes) yield bytes;
    }
  };
}
