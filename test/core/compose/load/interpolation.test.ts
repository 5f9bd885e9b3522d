import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { substitute } from '../../../../core/compose/load/template.ts';
import { refusals, serviceOf } from '../project.ts';

const variables: Record<string, string> = { SET: 'value', EMPTY: '', OTHER: 'other' };
const lookup = (name: string) => variables[name];
const dollar = (text: string) => text.replaceAll('§', '$');

describe('interpolation', () => {
  for (const [text, expected] of [
    ['§SET', 'value'],
    ['§{SET}', 'value'],
    ['§UNSET!', '!'],
    ['§{UNSET-d}', 'd'],
    ['§{EMPTY-d}', ''],
    ['§{EMPTY:-d}', 'd'],
    ['§{SET:-d}', 'value'],
    ['§{SET?e}', 'value'],
    ['§{EMPTY?e}', ''],
    ['§{SET+a}', 'a'],
    ['§{EMPTY+a}', 'a'],
    ['§{EMPTY:+a}', ''],
    ['§{UNSET+a}', ''],
    ['§{UNSET:-§{OTHER:-x}}', 'other'],
    ['§{UNSET:-a §{UNSET2:-b §{SET}} c}', 'a b value c'],
    ['§§SET', '$SET'],
    ['§§§§{SET}', '$${SET}'],
    ['100 %', '100 %'],
    // docker compose 2.40.3: only `§{` can be malformed
    ['§', '§'],
    ['a§', 'a§'],
    ['§1 §(ls) §[a] § SET', '§1 §(ls) §[a] § SET'],
    ['§§§', '§§'],
    ['§{UNSET:-§}', '§'],
    // braces of a default: what follows an inner one is skipped, and the last of the line closes what nothing else does
    ['§{UNSET:-{"a": "b"}}', '{"a": "b"}'],
    ['§{UNSET:-{}}', '{}'],
    ['§{UNSET:-a}b}', 'ab}'],
    ['§{UNSET:-{a}', '{a'],
    ['§{UNSET:-a}\n§{SET:-b}', 'a\nvalue'],
  ] as const) {
    test(`${text} is ${JSON.stringify(expected)}`, () =>
      assert.equal(substitute(dollar(text), lookup), dollar(expected)));
  }

  test('a required variable without value is refused with the message of the file', () => {
    const [line] = refusals(dollar('services:\n  web:\n    image: §{TAG:?set the tag}\n'));
    assert.match(
      line ?? '',
      /^compose\.yaml:3:5 COMPOSE_INTERPOLATION .*TAG is missing a value: set the tag/,
    );
  });

  test('a malformed expression is refused', () => {
    assert.match(refusals(dollar('services: {web: {image: "§{"}}'))[0] ?? '', /COMPOSE_INTERPOLATION/);
    const severalLines = dollar('services:\n  web:\n    image: "§{A:-\\n}"\n');
    assert.match(refusals(severalLines)[0] ?? '', /COMPOSE_INTERPOLATION/);
  });

  test('a text becomes the number or boolean that its attribute needs', () => {
    const text = dollar('services: {web: {image: i, tty: "§{T}", cpus: "§C", ports: [{target: "§P"}]}}');
    const service = serviceOf(text, 'web', { environment: { T: 'yes', C: '1.5', P: '80' } });
    assert.equal(service.tty, true);
    assert.equal(service.cpus, 1.5);
    assert.deepEqual(service.ports, [{ mode: 'ingress', target: 80, protocol: 'tcp' }]);
  });

  test('a text that is no such number is refused', () => {
    const text = dollar('services: {web: {image: i, tty: "§{T}"}}');
    assert.match(refusals(text, { environment: { T: 'maybe' } })[0] ?? '', /COMPOSE_INTERPOLATION/);
  });
});
