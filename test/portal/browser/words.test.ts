/** What the page says, against what there is: commands, words of the catalogue. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { en } from '../../../portal/page/words/en.ts';

const root = path.resolve(import.meta.dirname, '../../..');
const folder = path.join(root, 'portal/page');
const sources = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  .filter(file => /\.tsx?$/.test(file) && !file.startsWith('words/en'))
  .map(file => ({ file, text: readFileSync(path.join(folder, file), 'utf8') }));

test('every command that the page shows by itself is one of the command line', () => {
  const reference = readFileSync(path.join(root, 'docs/reference/cli.md'), 'utf8');
  const verbs = new Set([...reference.matchAll(/^## (towline [a-z -]+)$/gm)].map(([, verb]) => verb));
  const shown = sources.flatMap(({ text }) =>
    [...text.matchAll(/["`](towline(?: [a-z][a-z-]*)+)/g)].map(([, command = '']) => command),
  );
  assert.ok(shown.length > 5, `only ${shown.length} commands were found`);
  assert.deepEqual(
    shown.filter(command => !verbs.has(command)),
    [],
  );
});

test('every word of the catalogue is said somewhere, and nothing is said that is not in it', () => {
  const all = sources.map(({ text }) => text).join('\n');
  const rooms = [...all.matchAll(/(?:say|sayOf)\(\s*(?:`|')([\w.]+?)\.?(?:\$\{|',)/g)].map(
    ([, room = '']) => room,
  );
  const isSaid = (key: string) =>
    all.includes(`'${key}'`) ||
    rooms.some(room => key.startsWith(`${room}.`)) ||
    /^(?:standing|need)\./.test(key);
  assert.deepEqual(
    Object.keys(en).filter(key => !isSaid(key)),
    [],
  );
});

test('no file of the page writes markup from a text', () => {
  const markup =
    /\b(?:innerHTML|outerHTML|insertAdjacentHTML|dangerouslySetInnerHTML|document\.write|DOMParser|createContextualFragment)\b|\beval\(|new Function\(/;
  assert.deepEqual(
    sources.filter(({ text }) => markup.test(text)).map(({ file }) => file),
    [],
  );
});
