/** Starts a unit of the machine's service manager. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { messageOf } from '../errors/cause.ts';
import { TowlineError } from '../errors.ts';

const timeoutMs = 60_000;

/** Resolves when it runs. @throws TowlineError AGENT_NOT_RUNNING */
export async function startService(unit: string): Promise<void> {
  try {
    await promisify(execFile)('systemctl', ['start', unit], { timeout: timeoutMs });
  } catch (cause) {
    throw new TowlineError('AGENT_NOT_RUNNING', `${unit} was not started: ${messageOf(cause)}`, { cause });
  }
}
