/** The type of the model is trusted where `load` hands it out: the compiler is shown what `load` prints. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { conformanceModels } from '../../../scripts/conformance/score.ts';

const root = path.join(import.meta.dirname, '../../..');
const candidates = [process.env.TOWLINE_SHARED, path.join(root, '../shared'), '/work/shared'];
const shared = candidates.find(
  folder => folder !== undefined && existsSync(path.join(folder, 'conformance')),
);

const strict = '--strict --exactOptionalPropertyTypes --allowImportingTsExtensions --noEmit --ignoreConfig';
const options = `${strict} --module nodenext --target es2024 --pretty false`.split(' ');

/** What the compiler says of models that are written down as literals: members that the type lacks are errors too. */
function complaints(models: object): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'towline-model-'));
  const file = path.join(folder, 'models.ts');
  const type = `import('${path.join(root, 'core/compose/value/model.ts')}').ComposeModel`;
  try {
    writeFileSync(file, `export const models: Record<string, ${type}> = ${JSON.stringify(models)};\n`);
    const compiler = path.join(root, 'node_modules/.bin/tsc');
    return spawnSync(compiler, [...options, file], { encoding: 'utf8' }).stdout;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

test('every model of the conformance set is of the generated type', () => {
  assert.ok(shared, 'the conformance set is not beside the repository: ../shared/conformance');
  const models = conformanceModels(path.join(shared, 'conformance'));
  assert.ok(models.size > 200);
  assert.equal(complaints(Object.fromEntries(models)), '');
});

test('an attribute that no table names, and a value of another form, are not', () => {
  const found = complaints({
    misspelt: { name: 'a', services: { web: { imagee: 'nginx' } } },
    short: { name: 'a', services: { web: { command: 'sh' } } },
  });
  assert.match(found, /'"imagee"' does not exist in type 'ServiceModel'/);
  assert.match(found, /Type 'string' is not assignable to type 'string\[\]'/);
});
