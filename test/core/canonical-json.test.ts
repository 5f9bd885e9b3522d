import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { canonicalHash, canonicalJson } from '../../core/canonical-json.ts';

describe('canonical JSON', () => {
  test('has sorted keys at every depth, and one hash for equal values', () => {
    const a = { b: [{ z: 1, a: null }], a: 'é' };
    const b = { a: 'é', b: [{ a: null, z: 1 }] };
    assert.equal(canonicalJson(a), '{"a":"é","b":[{"a":null,"z":1}]}');
    assert.equal(canonicalHash(a), canonicalHash(b));
    assert.match(canonicalHash(a), /^[0-9a-f]{64}$/);
  });

  test('keeps the order of lists', () => assert.notEqual(canonicalHash([1, 2]), canonicalHash([2, 1])));
});
