/** Folders of the git helper's sockets, in the machine's temporary folder; a gateway that was killed leaves its own. */

import { readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { errnoOf } from '../../core/errors/cause.ts';

export const folderPrefix = 'towline-git-';

/** Removes those whose process is gone. What cannot be removed stays: it is somebody else's. */
export function sweepSocketFolders(temporary: string): void {
  for (const name of readdirSync(temporary)) {
    const pid = new RegExp(`^${folderPrefix}([1-9][0-9]*)-[A-Za-z0-9]+$`).exec(name)?.[1];
    if (pid === undefined) continue;
    const path = join(temporary, name);
    try {
      if (!isInUse(Number(pid), path)) rmSync(path, { recursive: true, force: true });
    } catch {}
  }
}

/** In a container every gateway has the same id: a folder from before this process is of an earlier one. */
function isInUse(pid: number, path: string): boolean {
  if (pid === process.pid) return statSync(path).ctimeMs >= performance.timeOrigin;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return errnoOf(error) !== 'ESRCH';
  }
}
