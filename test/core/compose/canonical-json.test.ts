import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { canonicalJson, configHash } from '../../../core/compose/canonical-json.ts';
import { serviceOrder } from '../../../core/compose/order.ts';
import { isTowlineError } from '../../../core/errors.ts';
import { modelOf } from './project.ts';

describe('canonical JSON', () => {
  test('has sorted keys at every depth, and one hash for equal values', () => {
    const a = { b: [{ z: 1, a: null }], a: 'é' };
    const b = { a: 'é', b: [{ a: null, z: 1 }] };
    assert.equal(canonicalJson(a), '{"a":"é","b":[{"a":null,"z":1}]}');
    assert.equal(configHash(a), configHash(b));
    assert.match(configHash(a), /^[0-9a-f]{64}$/);
  });

  test('keeps the order of lists', () => assert.notEqual(configHash([1, 2]), configHash([2, 1])));
});

describe('the order of services', () => {
  test('has each after those it depends on, links and namespaces included, otherwise by name', () => {
    const model = modelOf(
      'services: {z: {image: i}, a: {image: i, depends_on: [m]}, m: {image: i, network_mode: "service:z"}, b: {image: i, links: ["a:x"]}}',
    );
    assert.deepEqual(serviceOrder(model), ['z', 'm', 'a', 'b']);
  });

  test('of a circle is refused with its code', () => {
    const model = modelOf('services: {a: {image: i, depends_on: [b]}, b: {image: i, depends_on: [a]}}');
    assert.throws(
      () => serviceOrder(model),
      error => isTowlineError(error, 'COMPOSE_CYCLE'),
    );
  });

  test('of a very long chain does not exhaust the stack', () => {
    const services = Object.fromEntries(
      Array.from({ length: 20_000 }, (_, index) => [`s${index}`, { depends_on: { [`s${index + 1}`]: {} } }]),
    );
    assert.equal(serviceOrder({ name: 't', services }).length, 20_000);
  });
});
