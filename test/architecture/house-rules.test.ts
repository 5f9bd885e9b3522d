import assert from 'node:assert/strict';
import test from 'node:test';
import { read, sources, treeFiles } from './tree.ts';

const longestFile = 300;

test('no file or folder is called utils, helpers, common or misc', () => {
  const vague = /(^|\/)(utils?|helpers?|common|misc|shared|stuff)(\.(ts|js)$|\/)/;
  assert.deepEqual(
    treeFiles(file => vague.test(file)),
    [],
  );
});

test(`no source file has more than ${longestFile} lines`, () => {
  const long = [...sources()]
    .filter(([file]) => !file.startsWith('test/'))
    .map(([file, source]) => [file, source.split('\n').length] as const)
    .filter(([, lines]) => lines > longestFile);
  assert.deepEqual(long, []);
});

test('no test is skipped, left to do, or the only one that runs', () => {
  const escapes =
    /\b(?:test|it|describe|suite|t)\.(?:skip|todo|only)\(|\{[^}]*\b(?:skip|todo|only):\s*(?!false)/;
  const found = [...sources()].filter(([file, source]) => file.endsWith('.test.ts') && escapes.test(source));
  assert.deepEqual(
    found.map(([file]) => file).filter(file => !file.startsWith('test/architecture/')),
    [],
  );
});

test('every test file has a test in it', () => {
  const empty = [...sources()].filter(
    ([file, source]) => file.endsWith('.test.ts') && !/\b(test|it)\(/.test(source),
  );
  assert.deepEqual(
    empty.map(([file]) => file),
    [],
  );
});

test('imports name files with their extension, as Node runs them', () => {
  const bare = [...sources()].filter(([, source]) =>
    /^(?:import|export)[^'"\n]*from '\.[^']*(?<!\.(?:tsx?|js|json))';/m.test(source),
  );
  assert.deepEqual(
    bare.map(([file]) => file),
    [],
  );
});

test('every script of package.json starts a file that is there', () => {
  const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
  const files = Object.values(scripts).flatMap(command => command.match(/[\w/-]+\.ts\b/g) ?? []);
  const present = new Set(treeFiles(file => file.endsWith('.ts')));
  assert.deepEqual(
    files.filter(file => !present.has(file)),
    [],
  );
});

test('no generated file says that it is written by hand, and no hand-written one that it is generated', () => {
  for (const file of treeFiles(file => /\.generated\.(ts|js)$/.test(file))) {
    assert.match(read(file).slice(0, 300), /Generated/, file);
  }
});
