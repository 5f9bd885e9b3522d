import { Blanks } from '../compose/load/blanks.ts';
import { parseEnvFile } from '../compose/load/env-file.ts';
import { textOfFile } from '../compose/read/text.ts';
import { ComposeFault } from '../compose/value/fault.ts';
import type { Problem } from '../errors.ts';
import type { AppFolder } from './app-folder.ts';

export interface Dotenv {
  readonly values: Readonly<Record<string, string>>;
  /** Variables without a value that its own values name. */
  readonly blanks: readonly Problem[];
}

/**
 * Variables of `.env` in the app's folder, which docker compose reads by itself. What is wrong with it goes to `problems`.
 * Source: docs.docker.com, "Set, use, and manage variables in a Compose file".
 */
export async function dotenvVariables(folder: AppFolder, problems: Problem[]): Promise<Dotenv> {
  const found = await folder.read('.env');
  if (found === undefined) return { values: {}, blanks: [] };
  const blanks = new Blanks();
  const file = `${folder.path}/.env`;
  try {
    const text = textOfFile(file, found.bytes);
    const none = () => undefined;
    const values = parseEnvFile(text, none, file, (name, position) =>
      blanks.note(
        name,
        () => position,
        () => [],
      ),
    );
    return { values, blanks: blanks.problems };
  } catch (error) {
    if (!(error instanceof ComposeFault)) throw error;
    const { code, message, position = { file } } = error;
    problems.push({ code, message, position });
    return { values: {}, blanks: [] };
  }
}
