/**
 * Writes everything that is generated and committed: types and compiled validators from schemas/, and the
 * reference tables in docs/. `--check` writes nothing and fails where a file differs.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { cliReference } from './generate/cli-reference.ts';
import { composeReference } from './generate/compose-reference.ts';
import { errorsReference } from './generate/errors-reference.ts';
import { generatedKnownKeys } from './generate/known-keys.ts';
import { schemaReference } from './generate/schema-reference.ts';
import { generatedTypes } from './generate/types.ts';
import { generatedValidators } from './generate/validators.ts';

const root = path.dirname(import.meta.dirname);
const schemaFolder = path.join(root, 'schemas');

export type Schemas = Map<string, Record<string, unknown>>;

function readSchemas(): Schemas {
  const files = readdirSync(schemaFolder)
    .filter(file => file.endsWith('.schema.json'))
    .sort();
  return new Map(
    files.map(file => [
      file.replace('.schema.json', ''),
      JSON.parse(readFileSync(path.join(schemaFolder, file), 'utf8')),
    ]),
  );
}

const schemas = readSchemas();
const outputs: Record<string, string> = {
  'schemas/types.generated.ts': await generatedTypes(schemas),
  ...(await generatedValidators(schemas)),
  'schemas/keys.generated.ts': generatedKnownKeys(schemas),
  'docs/reference/cli.md': cliReference(),
  'docs/reference/compose.md': composeReference(),
  'docs/reference/errors.md': errorsReference(),
  'docs/reference/files.md': schemaReference(schemas),
};

const different: string[] = [];
for (const [file, content] of Object.entries(outputs)) {
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
