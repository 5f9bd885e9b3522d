/** What tests may stand on: a test of the pure core starts no engine and no agent, and nothing stands on a test. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { importsOf } from '../../scripts/house/imports.ts';
import { sources } from './tree.ts';

/** Starts an engine, a registry or an agent, or is one. */
const starts = /^(agent\/|lab\/machine\/|lab\/fleet\/|lab\/rig\/(device-rig|agent-rig)\.ts$)/;

/** They ask an oracle: how Docker Compose reads the same file. */
const asksAnOracle = new Set(['test/core/compose/oracle-fuzz.test.ts']);

/** @returns file → files whose values it imports. */
function imported(files: ReadonlyMap<string, string>): Map<string, string[]> {
  return new Map(
    [...files].map(([file, source]) => [
      file,
      importsOf(file, source).flatMap(({ target, typeOnly }) => (typeOnly ? [] : [target])),
    ]),
  );
}

/** The way from `file` to something that starts an engine or an agent, where there is one. */
function wayToAStart(
  file: string,
  imports: ReadonlyMap<string, readonly string[]>,
  seen = new Set<string>(),
): string[] {
  seen.add(file);
  for (const target of imports.get(file) ?? []) {
    if (starts.test(target)) return [file, target];
    const way = seen.has(target) ? [] : wayToAStart(target, imports, seen);
    if (way.length > 0) return [file, ...way];
  }
  return [];
}

test('a test of the core starts no engine and loads no agent, but where it asks an oracle', () => {
  const imports = imported(sources());
  const tests = [...imports.keys()].filter(file => file.startsWith('test/core/'));
  assert.ok(tests.length > 50, `only ${tests.length} files were found`);
  const ways = tests
    .filter(file => !asksAnOracle.has(file))
    .map(file => wayToAStart(file, imports).join(' → '));
  assert.deepEqual(
    ways.filter(way => way !== ''),
    [],
  );
  for (const file of asksAnOracle) assert.notEqual(wayToAStart(file, imports).length, 0, `${file} asks none`);
});

test('nothing outside test/ imports from test/', () => {
  const found = [...imported(sources())].flatMap(([file, targets]) =>
    file.startsWith('test/')
      ? []
      : targets.filter(target => target.startsWith('test/')).map(target => `${file} → ${target}`),
  );
  assert.deepEqual(found, []);
});
