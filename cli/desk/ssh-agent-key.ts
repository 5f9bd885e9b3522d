/** Public keys that the person's ssh-agent holds. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { TowlineError } from '../../core/errors.ts';

/**
 * @param which comment of the key, or a part of its line
 * @returns one line of a public key file
 * @throws TowlineError CLI_SIGNING_KEY
 */
export async function agentKey(which: string): Promise<string> {
  let listing: string;
  try {
    listing = (await promisify(execFile)('ssh-add', ['-L'])).stdout;
  } catch (cause) {
    throw new TowlineError('CLI_SIGNING_KEY', 'ssh-agent does not answer, or holds no keys', { cause });
  }
  const fitting = listing.split('\n').filter(line => line !== '' && line.includes(which));
  const [line, other] = fitting;
  if (line === undefined) throw new TowlineError('CLI_SIGNING_KEY', `ssh-agent has no key "${which}"`);
  if (other !== undefined)
    throw new TowlineError('CLI_SIGNING_KEY', `"${which}" fits ${fitting.length} keys of ssh-agent`);
  return line;
}
