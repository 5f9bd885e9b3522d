/**
 * While a forge is mirrored, main comes from there: git's `update` hook says so to who pushes it here. Other refs
 * (drafts, refs/towline/timestamp) are taken as ever.
 */
import { constants } from 'node:fs';
import { access, chmod } from 'node:fs/promises';
import { join } from 'node:path';
import { TowlineError } from '../../core/errors.ts';
import { writeDurably } from '../../core/io/durable-file.ts';

const script = `#!/bin/sh
if [ "$1" = refs/heads/main ]; then
  echo "GATEWAY_UPSTREAM_IS_SOURCE main comes from the forge: push there" >&2
  exit 1
fi
exit 0
`;

/**
 * @param folder made if it is not there.
 * @returns the folder of hooks, for `core.hooksPath`.
 * @throws TowlineError GATEWAY_STATE_UNUSABLE where nothing there may be executed: git would pass over the hook.
 */
export async function writeForgeOnlyHook(folder: string): Promise<string> {
  const path = join(folder, 'update');
  await writeDurably(path, script, { mode: 0o700 });
  await chmod(path, 0o700);
  await access(path, constants.X_OK).catch((cause: unknown) => {
    throw new TowlineError(
      'GATEWAY_STATE_UNUSABLE',
      `${path} cannot be executed: is its file system noexec?`,
      { cause },
    );
  });
  return folder;
}
