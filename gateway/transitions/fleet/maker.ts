/** Who made what a file says: the accepted step that brought it as it is, and the principals who vouched for that. */
import { isTowlineError } from '../../../core/errors.ts';
import type { RepositoryFiles } from '../../../core/fleet/repository-files.ts';
import type { FleetView } from '../../fleet/fleet-view.ts';

export interface Maker {
  readonly commit: string;
  /** Principals, with commas; absent: it is not known any more. */
  readonly person?: string;
}

const maxFileBytes = 256 * 1024;
/** Looked through, the newest. */
const maxSteps = 64;

/** After a start the steps before it are not known: then it is the view's own commit, of nobody. */
export async function makerOf(files: RepositoryFiles, view: FleetView, path: string): Promise<Maker> {
  const idAt = async (commit: string) => (await files.fileAt(commit, path, maxFileBytes))?.id;
  try {
    const id = await idAt(view.commit);
    for (const { commit, vouched } of view.steps.slice(-maxSteps))
      if ((await idAt(commit)) === id)
        return vouched.length === 0 ? { commit } : { commit, person: vouched.join(', ') };
  } catch (error) {
    if (!isTowlineError(error)) throw error;
  }
  return { commit: view.commit };
}
