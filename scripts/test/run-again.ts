/** Tests that outlive an engine that hangs: files that failed while it was away run once more, and no others. */
import path from 'node:path';
import type { Absence } from '../../lab/machine/engine-watch.ts';
import { failedByEngine, verdict } from './recorded.ts';
import { type RunOptions, runFiles } from './run-files.ts';

export interface AgainOptions extends RunOptions {
  /** Paths, or patterns of them, as node takes them. */
  readonly files: readonly string[];
  /** When the engine was away, so far. */
  readonly absences: () => Promise<readonly Absence[]>;
}

/** @returns what to exit with: that of what remains red. */
export async function runWithAgain({ files, absences, ...options }: AgainOptions): Promise<number> {
  const { say, directory } = options;
  const run = (paths: readonly string[]) =>
    runFiles({ ...options, arguments: [...options.arguments, ...paths] });
  const first = await run(files);
  if (first.signalled) return 130;
  if (first.code === 0) return 0;
  const again = failedByEngine(first.files, await absences());
  if (again.length === 0 || Date.now() >= options.deadline) return first.code;
  const names = again.map(file => path.relative(directory, file));
  say(
    `\n!!! The engine hung and was brought up again meanwhile. What failed then runs once more:\n  ${names.join('\n  ')}\n\n`,
  );
  const second = await run(names);
  if (second.signalled) return 130;
  const code = verdict(first, { files: again, code: second.code });
  say(
    `\n!!! ${names.length} files ran twice, for the engine hung: ${second.code === 0 ? 'green the second time' : 'red the second time, too'}${
      code !== 0 && second.code === 0 ? '; others are red' : ''
    }.\n`,
  );
  return code;
}
