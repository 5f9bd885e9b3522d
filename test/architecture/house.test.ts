/** The plan of the house holds: no circles, no lobby, nothing larger than it is today. */
import assert from 'node:assert/strict';
import path from 'node:path';
import { test } from 'node:test';
import { castLines } from '../../scripts/house/casts.ts';
import { circles, folderGraph, importGraph } from '../../scripts/house/circles.ts';
import { houseFigures } from '../../scripts/house/figures.ts';
import { root } from './tree.ts';

test('a circle of files is found, with whatever leads into it left out, and one of folders that no file is in', () => {
  const files = importGraph(
    new Map([
      ['a/one.ts', "import { two } from '../b/two.ts';"],
      ['b/two.ts', "import type { Three } from '../b/three.ts';"],
      ['b/three.ts', "export * from './two.ts';"],
      ['b/four.ts', "const one = await import('../a/five.ts');"],
      ['a/five.ts', "import 'node:fs';"],
    ]),
  );
  assert.deepEqual(circles(files), [['b/three.ts', 'b/two.ts']]);
  assert.deepEqual(circles(folderGraph(files)), [['a', 'b']]);
});

test('a cast is found in code, not in words', () => {
  const source = [
    "import { a as b } from './a.ts'; // such as this",
    'const one = value as Text;',
    "const two = 'as it was' as const;",
    // biome-ignore lint/suspicious/noTemplateCurlyInString: a source that holds a template
    'const three = `as ${value as string} it was`;',
    'const four = value as unknown as (text: string) => void;',
    "const five = value as 'yes' | 'no';",
    'const six = "as good as it\'s told";',
  ].join('\n');
  assert.deepEqual(castLines(source), [2, 4, 5, 5, 6]);
});

test('each figure of the house is within its bar', () => {
  const figures = houseFigures(root, path.join(root, 'node_modules/.bin/biome'));
  for (const { name, value, bar, found } of figures) {
    assert.ok(value <= bar, `${name}: ${value}, at most ${bar}\n${found.join('\n')}`);
  }
});
