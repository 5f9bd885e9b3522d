/** How text becomes values, as docker compose 2.40.3 reads it: what is expected here is what it printed. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { load, modelOf, refusals } from '../project.ts';

const field = (text: string) => modelOf(`${text}\nservices: {web: {image: i}}\n`)['x-v'];
const refusal = (text: string) => refusals(`${text}\nservices: {web: {image: i}}\n`)[0] ?? '';

describe('YAML', () => {
  for (const [text, value] of [
    ['x-v: 2001-12-14', '2001-12-14T00:00:00Z'],
    ['x-v: 2001-12-14t21:59:43.10-05:00', '2001-12-14T21:59:43.1-05:00'],
    ['x-v: 2001-1-2 3:4:5', '2001-01-02T03:04:05Z'],
    ['x-v: 2000-02-29', '2000-02-29T00:00:00Z'],
    ['x-v: 1900-02-29', '1900-02-29'],
    ['x-v: 2001-12-14 21:59:43.10 -5', '2001-12-14 21:59:43.10 -5'],
    ['x-v: 2001-12-14T21:59:43', '2001-12-14T21:59:43'],
    ['x-v: !!timestamp "2001-12-14"', '2001-12-14T00:00:00Z'],
    ['x-v: 1e400', '1e400'],
    ['x-v: ._5', '._5'],
    ['x-v: ! 5', 5],
    ['x-v: "it\\\'s\n  two \\\\\'"', "it's two \\'"],
    ['x-v: {a: [], b: {}}', { a: null, b: {} }],
    ['x-v: !!binary aGk=', 'hi'],
    ['x-v: !!omap [a: 1]', [{ a: 1 }]],
    ['x-v: {!!str <<: {a: 1}}', { '<<': { a: 1 } }],
    ['x-v: [a, -]', ['a', '-']],
    ['x-v: [ -, a ]', ['-', 'a']],
  ] as const) {
    test(`\`${text}\` is ${JSON.stringify(value)}`, () => assert.deepEqual(field(text), value));
  }

  for (const text of [
    'x-v: .nan',
    'x-v: {a: [.inf]}',
    'x-v: !!binary "!!"',
    'x-v: !!timestamp soon',
    'x-v: &a:b c',
    'x-v: "a\\/b"',
    'x-v: "\\ud83d\\ude00"',
    'x-v: "\u0001"',
    '%YAML 1.2\n---\nx-v: 1',
    'x-v: 1\n...\nx-w: 2',
  ]) {
    test(`${JSON.stringify(text)} is refused`, () => assert.match(refusal(text), /^compose\.yaml:\d/));
  }

  test('a backslash before an escape of surrogates is a backslash', () => {
    assert.equal(field('x-v: "\\\\ud83d"'), '\\ud83d');
  });

  test('brackets and quotes may be indented less than what they belong to', () => {
    const services = 'services: {\nweb: {\nimage: i,\ncommand: "a\nb"\n}\n}\n';
    assert.deepEqual(modelOf(services).services.web?.command, ['a', 'b']);
    for (const value of ['[\n    a\n    ]', '[\n  a\n ]', '"\n    a\n    "', '\n    - "\n    a"']) {
      const model = modelOf(`services:\n  web:\n    image: i\n    command: ${value}\n    user: u\n`);
      assert.deepEqual(model.services.web?.command?.toString().trim(), 'a', value);
      assert.equal(model.services.web?.user, 'u');
    }
  });

  test('a file in UTF-16 with its mark is read, bytes that are no text are refused', () => {
    const text = 'services: {web: {image: ü}}';
    const read = (bytes: Uint8Array) => load('', { files: () => bytes });
    const marked = Buffer.from(`\ufeff${text}`, 'utf16le');
    assert.equal(read(marked).model?.services.web?.image, 'ü');
    assert.equal(read(Buffer.from(marked).swap16()).model?.services.web?.image, 'ü');
    assert.match(read(Buffer.from(text, 'latin1')).problems[0]?.message ?? '', /not text in UTF-8/);
  });
});
