/**
 * Writes everything that is generated and committed: types and compiled validators from schemas/, and the
 * reference tables in docs/. `--check` writes nothing and fails where a file differs.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { outputs } from './generate/outputs.ts';

const root = path.dirname(import.meta.dirname);

const different: string[] = [];
for (const [file, content] of Object.entries(await outputs())) {
  const target = path.join(root, file);
  let present: string | undefined;
  try {
    present = readFileSync(target, 'utf8');
  } catch {
    present = undefined;
  }
  if (present === content) continue;
  different.push(file);
  if (!process.argv.includes('--check')) writeFileSync(target, content);
}
if (different.length > 0 && process.argv.includes('--check')) {
  console.error(`generated files are out of date (npm run generate): ${different.join(', ')}`);
  process.exitCode = 1;
}
