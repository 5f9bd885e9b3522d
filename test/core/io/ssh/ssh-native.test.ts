import assert from 'node:assert/strict';
import { test } from 'node:test';
import { nativeCiphersLoaded } from '../../../../core/io/ssh/ssh-native.ts';

test('ssh2’s native ciphers are loaded on the Node that runs', () => {
  assert.equal(nativeCiphersLoaded(), true);
});
