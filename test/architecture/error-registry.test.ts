import assert from 'node:assert/strict';
import test from 'node:test';
import type { ErrorDefinition } from '../../core/errors/definition.ts';
import { errorRegistry } from '../../core/errors.ts';
import { read, root, sources, treeFiles } from './tree.ts';

const areas = treeFiles(file => /^core\/errors\/[a-z-]+\.ts$/.test(file) && !file.endsWith('/definition.ts'));

async function codesOf(file: string): Promise<Record<string, ErrorDefinition>> {
  const module = (await import(`${root}/${file}`)) as Record<string, Record<string, ErrorDefinition>>;
  return Object.assign({}, ...Object.values(module)) as Record<string, ErrorDefinition>;
}

test('every area of errors is in the registry, and no code stands in two areas', async () => {
  const seen = new Map<string, string>();
  for (const file of areas) {
    for (const code of Object.keys(await codesOf(file))) {
      assert.ok(code in errorRegistry, `${code} of ${file} is not in the registry`);
      assert.equal(seen.get(code), undefined, `${code} stands in ${file} too`);
      seen.set(code, file);
    }
  }
  assert.deepEqual([...seen.keys()].sort(), Object.keys(errorRegistry).sort());
});

test('each code is thrown or told somewhere', () => {
  const texts = [...sources()]
    .filter(([file]) => !/^(core\/errors|test|docs)\//.test(file))
    .map(([, source]) => source)
    .join('\n');
  assert.deepEqual(
    Object.keys(errorRegistry).filter(code => !texts.includes(`'${code}'`)),
    [],
  );
});

test('codes are words in capitals, and each has its cause, its remedy and what comes next', () => {
  for (const [code, { cause, remedy, next }] of Object.entries(errorRegistry)) {
    assert.match(code, /^[A-Z][A-Z0-9]*(_[A-Z0-9]+)+$/);
    assert.match(cause, /\.$/, `${code}: the cause is a sentence`);
    assert.match(remedy, /\.$/, `${code}: the remedy is a sentence`);
    assert.ok(['retry', 'wait-commit', 'person', 'fatal'].includes(next), code);
  }
});

test('docs/reference/errors.md has exactly the codes of the registry, each with cause and remedy', () => {
  const page = read('docs/reference/errors.md');
  const documented = [...page.matchAll(/^## ([A-Z0-9_]+)$/gm)].map(match => match[1]);
  assert.deepEqual(documented, Object.keys(errorRegistry).sort());
  for (const [code, { cause, remedy }] of Object.entries(errorRegistry)) {
    assert.ok(page.includes(`## ${code}\n\n**Cause.** ${cause}\n\n**Remedy.** ${remedy}\n`), code);
  }
});

test('a code that a guide or the README names is one of the registry', () => {
  const prefixes = [...new Set(Object.keys(errorRegistry).map(code => code.split('_')[0]))];
  const named = new RegExp(`\\b(?:${prefixes.join('|')})_[A-Z0-9_]+\\b`, 'g');
  for (const file of treeFiles(file => file.endsWith('.md'))) {
    for (const [code] of read(file).matchAll(named)) {
      if (code.startsWith('GIT_') && !(code in errorRegistry)) continue; // git's own variables
      assert.ok(code in errorRegistry || code.startsWith('TOWLINE_'), `${file} names ${code}`);
    }
  }
});
