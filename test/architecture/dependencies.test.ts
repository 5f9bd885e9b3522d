import assert from 'node:assert/strict';
import test from 'node:test';
import { read, sources } from './tree.ts';

interface PackageFile {
  readonly dependencies: Readonly<Record<string, string>>;
  readonly devDependencies: Readonly<Record<string, string>>;
}

const { dependencies, devDependencies } = JSON.parse(read('package.json')) as PackageFile;

/** `@scope/name/file` → `@scope/name`. */
const packageOf = (target: string) => /^(?:@[^/]+\/)?[^/]+/.exec(target)?.[0] ?? '';

test('every dependency has a row in docs/decisions/dependencies.md', () => {
  const rows = [...read('docs/decisions/dependencies.md').matchAll(/^\|[^|]*\|([^|]*)\|/gm)];
  const chosen = rows.map(([, cell = '']) => cell.toLowerCase()).join(' ');
  // Not as a part of a longer name: `node` is not there for `node:test`.
  const named = (name: string) => new RegExp(`(?<![\\w/@-])${name}(?![\\w/:-])`).test(chosen);
  assert.deepEqual(
    Object.keys({ ...dependencies, ...devDependencies }).filter(name => !named(name)),
    [],
  );
});

test('what the programs import is a dependency, and every dependency is imported by one', () => {
  const loads =
    /^(?:import|export) (?!type\b)[^'";]*from '([^.'][^']*)'|(?<!typeof )\bimport\('([^.'][^']*)'\)/gm;
  const imported = [...sources()]
    .filter(([file]) => /^(agent|cli|core|gateway|portal(?!\/page))\//.test(file))
    .flatMap(([, source]) => [...source.matchAll(loads)].map(([, fixed, later]) => fixed ?? later ?? ''))
    .filter(target => !target.startsWith('node:'))
    .map(packageOf);
  // The one that is run, and not imported.
  const used = new Set([...imported, 'node']);
  assert.deepEqual([...used].sort(), Object.keys(dependencies).sort());
});
