import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { modelOf } from '../project.ts';

const base = `services:
  a: {image: busybox, ports: ["1:1"]}
  b: {image: busybox, ports: ["2:2"]}
  c: {image: busybox, ports: ["3:3"]}
  d: {image: busybox, ports: ["4:4"]}
`;

/** The published ports of each service once `over` is laid on `base`. */
function published(over: string): Record<string, string> {
  const { services } = modelOf(
    { 'compose.yaml': base, 'over.yaml': over },
    { composeFiles: ['compose.yaml', 'over.yaml'] },
  );
  return Object.fromEntries(
    Object.entries(services).map(([name, { ports = [] }]) => [
      name,
      ports.map(port => port.published).join(' '),
    ]),
  );
}

/** Every answer is that of docker compose 2.40.3: a `!reset` counts where it is written, and its aliases find it gone. */
describe('`!reset` and `!override` below an anchor', () => {
  test('reached through an alias, as a value, a merge key or a list of merges, resets nothing', () => {
    const over =
      'x-quiet: &quiet\n  ports: !reset []\nservices: {a: {<<: *quiet}, b: {<<: [*quiet]}, c: *quiet, d: {ports: !reset []}}';
    assert.deepEqual(published(over), { a: '1', b: '2', c: '3', d: '' });
  });

  test('written in a service counts there, and not in the one that takes the service in', () => {
    const over = 'services: {a: &a {labels: {x: y}, ports: !reset []}, b: *a, c: {<<: *a}}';
    assert.deepEqual(published(over), { a: '', b: '2', c: '3', d: '4' });
  });

  test('an alias of the tagged value itself resets wherever it stands', () => {
    const over = 'x-none: &none !reset []\nservices: {a: {ports: *none}, b: &b {ports: *none}, c: *b}';
    assert.deepEqual(published(over), { a: '', b: '', c: '3', d: '4' });
  });

  test('an `!override` is carried along, except by a list of merges', () => {
    const over =
      'x-loud: &loud\n  ports: !override ["9:9"]\nservices: {a: {<<: *loud}, b: {<<: [*loud]}, c: *loud}';
    assert.deepEqual(published(over), { a: '9', b: '2 9', c: '9', d: '4' });
  });

  test('in an element of a list takes nothing out of the list before', () => {
    const over = 'services: {a: {ports: [{target: 1, published: !reset ""}]}}';
    assert.deepEqual(published(over).a, '1 ');
  });
});
