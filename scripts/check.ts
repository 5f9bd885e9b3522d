/**
 * `npm run check`: format and lint, types, generated files, the house's own rules. All of them, then the verdict.
 * `npm run check -- --house`: the figures of the house (scripts/house.ts).
 */
import { execFile } from 'node:child_process';
import path from 'node:path';
import { requireCommands } from '../lab/machine/packages.ts';
import { printHouse } from './house.ts';

const root = path.dirname(import.meta.dirname);
const tool = (name: string) => path.join(root, 'node_modules/.bin', name);

const checks: Record<string, readonly string[]> = {
  'format and lint': [tool('biome'), 'ci', '--colors=off', '.'],
  types: [tool('tsc'), '--noEmit'],
  'types of the page': [tool('tsc'), '--noEmit', '-p', 'portal/page'],
  'generated files': [process.execPath, 'scripts/generate.ts', '--check'],
  'house rules': [process.execPath, '--test', '--test-reporter=dot', 'test/architecture/**/*.test.ts'],
};

/** @returns what it said, where it failed. */
function check([command = '', ...rest]: readonly string[]): Promise<string | undefined> {
  return new Promise(resolve => {
    execFile(command, rest, { cwd: root, maxBuffer: Infinity }, (error, stdout, stderr) => {
      resolve(error === null ? undefined : `${stdout}${stderr}` || error.message);
    });
  });
}

/** All at once: some of them know but one processor. */
async function runChecks(): Promise<void> {
  const running = Object.entries(checks).map(([name, words]) => ({ name, failure: check(words) }));
  for (const { name, failure } of running) {
    const said = await failure;
    console.log(`${said === undefined ? 'ok    ' : 'not ok'} ${name}`);
    if (said === undefined) continue;
    console.log(said);
    process.exitCode = 1;
  }
}

// The house's rules are about what git tracks.
requireCommands(['git']);
const [first, ...rest] = process.argv.slice(2);
if (first === '--house') process.exitCode = printHouse(rest);
else await runChecks();
