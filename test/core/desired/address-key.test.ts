import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addressKey } from '../../../core/desired/address-key.ts';

test('spellings of one address have one key, and an IPv4 address in IPv6 is that address', () => {
  assert.equal(addressKey('0:0::1'), addressKey('::1'));
  assert.equal(addressKey('::ffff:10.0.0.1'), '10.0.0.1');
  assert.equal(addressKey('::ffff:c0a8:102'), '192.168.1.2');
  assert.notEqual(addressKey('::fffe:10.0.0.1'), '10.0.0.1');
});
