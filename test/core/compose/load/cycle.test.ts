import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { findCycle } from '../../../../core/compose/load/cycle.ts';
import { modelOf } from '../project.ts';

describe('a circle of dependencies', () => {
  test('is found, links and namespaces included, its first service again at its end', () => {
    const model = modelOf(
      'services: {z: {image: i}, a: {image: i, depends_on: [m]}, m: {image: i, network_mode: "service:b"}, b: {image: i, links: ["a:x"]}}',
    );
    assert.deepEqual(findCycle(model), ['a', 'm', 'b', 'a']);
  });

  test('is none where two ways lead to the same service', () => {
    const model = modelOf(
      'services: {a: {image: i, depends_on: [b, c]}, b: {image: i, depends_on: [c]}, c: {image: i}}',
    );
    assert.equal(findCycle(model), undefined);
  });

  test('is looked for in a very long chain without exhausting the stack', () => {
    const services = Object.fromEntries(
      Array.from({ length: 20_000 }, (_, index) => [`s${index}`, { depends_on: { [`s${index + 1}`]: {} } }]),
    );
    assert.equal(findCycle({ name: 't', services }), undefined);
  });
});
