import { messageOf } from '../../core/errors/cause.ts';
import { TowlineError } from '../../core/errors.ts';
import { makeFolderDurably } from '../../core/io/file/durable-file.ts';
import { lockFolder } from '../../core/io/file/state-lock.ts';

/**
 * Keeps a second agent out of a stateDirectory, which is made where it is missing, until it is disposed.
 * @param name of its file there
 * @throws TowlineError AGENT_STATE_LOCKED, AGENT_CONFIG where the folder cannot be made or locked
 */
export async function lockState(stateDirectory: string, name = 'lock'): Promise<AsyncDisposable> {
  await makeFolderDurably(stateDirectory).catch((cause: unknown) => {
    const why = messageOf(cause);
    throw new TowlineError('AGENT_CONFIG', `stateDirectory ${stateDirectory} cannot be made: ${why}`, {
      cause,
    });
  });
  return await lockFolder(stateDirectory, {
    name,
    who: 'agent',
    inUse: 'AGENT_STATE_LOCKED',
    unusable: 'AGENT_CONFIG',
  });
}
