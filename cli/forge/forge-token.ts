/** The token for a forge: from a file or the environment. An argument would stand in the list of processes, and in logs. */
import { messageOf } from '../../core/errors/cause.ts';
import { TowlineError } from '../../core/errors.ts';
import { readBounded } from '../../core/io/file/durable-file.ts';

const variable = 'TOWLINE_FORGE_TOKEN';
const maxBytes = 4096;

/**
 * @param file where it stands alone; undefined: the environment variable
 * @throws TowlineError CLI_FORGE_TOKEN
 */
export async function forgeToken(
  file: string | undefined,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<string> {
  const where = file ?? `environment variable ${variable}`;
  const text = file === undefined ? environment[variable] : await tokenIn(file);
  if (text === undefined || text.trim() === '')
    throw new TowlineError('CLI_FORGE_TOKEN', `${where}: there is none`);
  const token = text.trim();
  // It goes into a header.
  if (!/^[\x21-\x7e]+$/.test(token))
    throw new TowlineError('CLI_FORGE_TOKEN', `${where}: a token is one word of plain letters and signs`);
  return token;
}

async function tokenIn(file: string): Promise<string | undefined> {
  const bytes = await readBounded(file, maxBytes).catch((cause: unknown) => {
    throw new TowlineError('CLI_FORGE_TOKEN', `${file}: ${messageOf(cause)}`, { cause });
  });
  return bytes?.toString('utf8');
}
