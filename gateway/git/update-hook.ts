/** git's `update` hook, which receive-pack asks before it moves a ref of fleet.git. */
import { constants } from 'node:fs';
import { access, chmod } from 'node:fs/promises';
import { join } from 'node:path';
import { type ErrorCode, TowlineError } from '../../core/errors.ts';
import { writeDurably } from '../../core/io/durable-file.ts';

/** Hooks for `core.hooksPath`, and what a push that they decline is called. */
export interface UpdateHook {
  readonly folder: string;
  readonly code: ErrorCode;
}

/**
 * @param folder made if it is not there.
 * @throws TowlineError GATEWAY_STATE_UNUSABLE where nothing there may be executed: git would pass over the hook.
 */
export async function writeUpdateHook(folder: string, script: string): Promise<void> {
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
}
