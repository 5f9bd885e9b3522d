/**
 * Red files have a second hearing, alone: the first time six run at once on a machine that may have others' work to do, and an
 * engine that hangs takes all of them with it. What is red twice is red; what is not is told of at the end, with its first failure.
 */
import path from 'node:path';
import type { Absence } from '../../lab/machine/engine-watch.ts';
import { type FileRun, failedByEngine, verdict } from './recorded.ts';
import { type RunOptions, runFiles } from './run-files.ts';

export interface AgainOptions extends RunOptions {
  /** Paths, or patterns of them, as node takes them. */
  readonly files: readonly string[];
  /** When the engine was away, so far. */
  readonly absences: () => Promise<readonly Absence[]>;
  /** So many red files, those that the engine has failed aside, are no chance: none of them is heard again. */
  readonly maxAgain: number;
}

/** @returns what to exit with: that of what remains red. */
export async function runWithAgain(options: AgainOptions): Promise<number> {
  const { files, absences, maxAgain, say, directory } = options;
  const first = await runFiles({ ...options, arguments: [...options.arguments, ...files] });
  if (first.signalled) return 130;
  if (first.code === 0) return 0;
  const byEngine = failedByEngine(first.files, await absences());
  const byThemselves = redFiles(first.files).filter(file => !byEngine.includes(file));
  const again = [...byEngine, ...(byThemselves.length <= maxAgain ? byThemselves : [])];
  if (again.length === 0 || Date.now() >= options.deadline) return first.code;
  const names = again.map(file => path.relative(directory, file));
  const hung =
    byEngine.length === 0 ? '' : ` The engine hung meanwhile, which ${byEngine.length} of them met.`;
  say(
    `\n!!! Red files run once more, one after the other.${hung}\n${names.map(name => `  ${name}\n`).join('')}\n`,
  );
  const alone = options.arguments.map(word => word.replace(/^--test-concurrency=.*/, '--test-concurrency=1'));
  const second = await runFiles({ ...options, arguments: [...alone, ...names] });
  if (second.signalled) return 130;
  const code = verdict(first, { files: again, code: second.code });
  const still = redFiles(second.files);
  const healed = first.files.filter(({ file }) => again.includes(file) && !still.includes(file));
  if (second.code === 0 || still.length > 0) say(healed.length === 0 ? '' : told(healed, directory));
  return code;
}

function redFiles(runs: readonly FileRun[]): string[] {
  return runs.filter(({ failures }) => failures.length > 0).map(({ file }) => file);
}

/** Each is a fault to be found: of the test, or of what it tests. */
function told(healed: readonly FileRun[], directory: string): string {
  const lines = healed.flatMap(({ file, failures }) =>
    failures.map(({ name }) => `  ${path.relative(directory, file)}: ${name}\n`),
  );
  return `\n!!! Red among others and green alone, which is a fault all the same:\n${lines.join('')}`;
}
