import { parseEnvFile } from '../compose/load/env-file.ts';
import { textOfFile } from '../compose/read/text.ts';
import { ComposeFault } from '../compose/value/fault.ts';
import type { Problem } from '../errors.ts';
import { appFolder } from '../fleet/paths.ts';
import type { AppFolder } from './app-folder.ts';

/**
 * Variables of `apps/<app>/.env`, which docker compose reads by itself. What is wrong with it goes to `problems`.
 * Source: docs.docker.com, "Set, use, and manage variables in a Compose file".
 */
export async function dotenvVariables(
  folder: AppFolder,
  app: string,
  problems: Problem[],
): Promise<Readonly<Record<string, string>>> {
  const found = await folder.read('.env');
  if (found === undefined) return {};
  const file = `${appFolder(app)}/.env`;
  try {
    return parseEnvFile(textOfFile(file, found.bytes), () => undefined, file);
  } catch (error) {
    if (!(error instanceof ComposeFault)) throw error;
    const { code, message, position = { file } } = error;
    problems.push({ code, message, position });
    return {};
  }
}
