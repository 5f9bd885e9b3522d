import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { formatProblem } from '../../../../core/errors.ts';
import { type Files, load, serviceOf } from '../project.ts';

/** `§` stands for a dollar sign. */
function dollar(files: Files | string): Files | string {
  if (typeof files === 'string') return files.replaceAll('§', '$');
  return Object.fromEntries(
    Object.entries(files).map(([file, text]) => [file, text.replaceAll('§', '$')] as const),
  );
}

const blanks = (files: Files | string, environment: Record<string, string> = {}) =>
  load(dollar(files), { environment }).blanks.map(formatProblem);

/** The names that docker compose 2.40.3 warns of, each once. */
const names = (files: Files | string, environment: Record<string, string> = {}) =>
  blanks(files, environment).map(line => /variable (\S+) has/.exec(line)?.[1]);

describe('a variable that has neither a value nor a default', () => {
  test('becomes blank, and is told with its place', () => {
    const text = 'services:\n  web:\n    image: i\n    environment:\n      URL: "http://§HOST:§{PORT}/"\n';
    assert.deepEqual(serviceOf(dollar(text), 'web').environment, { URL: 'http://:/' });
    assert.deepEqual(blanks(text), [
      'compose.yaml:5:7 COMPOSE_VARIABLE_BLANK variable HOST has no value and becomes blank',
      'compose.yaml:5:7 COMPOSE_VARIABLE_BLANK variable PORT has no value and becomes blank',
    ]);
  });

  test('is told once for each place, with the name that was meant', () => {
    const text = 'services: {web: {image: "a§REGISTY§REGISTY", hostname: "§REGISTY"}}';
    const [first = '', ...more] = blanks(text, { REGISTRY: 'r' });
    assert.match(first, /REGISTY has no value and becomes blank; did you mean "REGISTRY"\?$/);
    assert.equal(more.length, 1);
  });

  const quiet: readonly string[] = [
    '§{A-}',
    '§{A:-}',
    '§{A:-x}',
    '§{A:+x}',
    '§{A+x}',
    '§§A',
    '§§{A}',
    'no dollar',
    '§1',
    '§(date)',
    '§{SET}',
    '§{EMPTY}',
    '§{SET:-§A}',
    '§{A:+§A}',
  ];
  for (const text of quiet) {
    test(`\`${text}\` leaves none`, () =>
      assert.deepEqual(
        names(`services: {web: {image: i, command: ["${text}"]}}`, { SET: 's', EMPTY: '' }),
        [],
      ));
  }

  test('counts in a default that is taken, and in what stands for a value that is there', () => {
    const text = 'services: {web: {image: i, command: ["§{A:-§B}", "§{SET:+§C}", "§{EMPTY:-§{D}}"]}}';
    assert.deepEqual(names(text, { SET: 's', EMPTY: '' }), ['B', 'C', 'D']);
  });

  test('is found in env files, includes and bases, each with its own file', () => {
    const files = {
      'compose.yaml':
        'include: [{path: inc/c.yaml, env_file: inc/v.env}]\nservices: {web: {extends: {file: base.yaml, service: web}, env_file: web.env}}',
      'base.yaml': 'services:\n  web:\n    image: "i§BASE"\n',
      'web.env': 'A=1\nB="§A§OTHER"\n# §COMMENT\nC=\'§QUOTED\'\n',
      'inc/c.yaml': 'services: {inc: {image: "i§INC§FOUND"}}',
      'inc/v.env': 'FOUND=§FAR\n',
    };
    assert.deepEqual(
      blanks(files).map(line => line.replace(/ COMPOSE_VARIABLE_BLANK variable (\w+) .*/, ' $1')),
      ['base.yaml:3:5 BASE', 'inc/v.env:1 FAR', 'inc/c.yaml:1:18 INC', 'web.env:2 OTHER'],
    );
  });

  test('a name alone in `environment` takes the image’s value, and is none', () => {
    assert.deepEqual(names('services: {web: {image: i, environment: [NAME]}}'), []);
    assert.deepEqual(names('services: {web: {image: i, environment: {NAME: }}}'), []);
  });

  test('is one of a hundred at most', () => {
    const many = Array.from({ length: 300 }, (_unused, index) => `§V${index}`).join('');
    assert.equal(names(`services: {web: {image: i, hostname: "${many}"}}`).length, 100);
  });
});
