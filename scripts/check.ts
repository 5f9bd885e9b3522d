/**
 * `npm run check`: format and lint, types, generated files, the house's own rules. All of them, then the verdict.
 * `npm run check -- --house`: the figures of the house (scripts/house.ts).
 */
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { requireCommands } from '../lab/machine/packages.ts';
import { printHouse } from './house.ts';

const root = path.dirname(import.meta.dirname);
const tool = (name: string) => path.join(root, 'node_modules/.bin', name);

const checks: Record<string, readonly string[]> = {
  'format and lint': [tool('biome'), 'ci', '--colors=off', '.'],
  types: [tool('tsc'), '--noEmit'],
  'generated files': [process.execPath, 'scripts/generate.ts', '--check'],
  'house rules': [process.execPath, '--test', '--test-reporter=dot', 'test/architecture/**/*.test.ts'],
};

function runChecks(): void {
  for (const [name, [command = '', ...rest]] of Object.entries(checks)) {
    const result = spawnSync(command, rest, { cwd: root, encoding: 'utf8' });
    const passed = result.status === 0;
    console.log(`${passed ? 'ok    ' : 'not ok'} ${name}`);
    if (passed) continue;
    console.log(`${result.stdout ?? ''}${result.stderr ?? ''}${result.error?.message ?? ''}`);
    process.exitCode = 1;
  }
}

// The house's rules are about what git tracks.
requireCommands(['git']);
const [first, ...rest] = process.argv.slice(2);
if (first === '--house') process.exitCode = printHouse(rest);
else runChecks();
