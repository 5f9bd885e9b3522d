/** Functions that are long or take much, as biome counts them: its rules, run over the folders of the programs. */
import { spawnSync } from 'node:child_process';
import path from 'node:path';

export interface LargeFunction {
  readonly file: string;
  readonly line: number;
  /** Lines, or parameters. */
  readonly size: number;
}

export interface LargeFunctions {
  /** With more than 4 parameters. */
  readonly parameters: readonly LargeFunction[];
  /** With more than 50 lines. */
  readonly lines: readonly LargeFunction[];
}

interface Diagnostic {
  readonly category: string;
  readonly message: string;
  readonly location: { readonly path: string; readonly start: { readonly line: number } };
}

const rules = { parameters: 'complexity/useMaxParams', lines: 'complexity/noExcessiveLinesPerFunction' };

/** @param biome its program @param root the repository @throws SyntaxError where biome could not run */
export function largeFunctions(biome: string, root: string, folders: readonly string[]): LargeFunctions {
  const only = Object.values(rules).map(rule => `--only=${rule}`);
  const result = spawnSync(
    biome,
    ['lint', ...only, '--reporter=json', '--max-diagnostics=5000', ...folders],
    { cwd: path.resolve(root), encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 },
  );
  const { diagnostics }: { diagnostics: Diagnostic[] } = JSON.parse(result.stdout);
  const of = (rule: string): LargeFunction[] =>
    diagnostics
      .filter(({ category }) => category === `lint/${rule}`)
      .map(({ message, location }) => ({
        file: location.path,
        line: location.start.line,
        size: Number(/\d+/.exec(message)?.[0]),
      }));
  return { parameters: of(rules.parameters), lines: of(rules.lines) };
}
