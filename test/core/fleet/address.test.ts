import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { dialledAddress, isRegistryPlace, listenAddress } from '../../../core/fleet/address.ts';

describe('an address', () => {
  test('that is dialled has a host and a port from 1 to 65535', () => {
    assert.deepEqual(dialledAddress('gw.example.com:8443'), { host: 'gw.example.com', port: 8443 });
    assert.deepEqual(dialledAddress('[2001:db8::1]:1'), { host: '2001:db8::1', port: 1 });
    assert.deepEqual(dialledAddress('127.0.0.1:65535'), { host: '127.0.0.1', port: 65535 });
    const wrong = [
      '127.0.0.1:70000',
      'gw:0',
      'gw:65536',
      'gw',
      'gw:',
      ':8443',
      'x:y',
      'gw:-1',
      'gw:1 ',
      '',
      'a b:1',
    ];
    for (const text of [
      ...wrong,
      'http://gw:1',
      'gw:1/x',
      '[:::]:1',
      '[gw]:1',
      '999.1.1.1:1',
      '2001:db8::1:1',
    ])
      assert.equal(dialledAddress(text), undefined, text);
  });

  test('that is listened on may leave port and host to the system', () => {
    assert.deepEqual(listenAddress('127.0.0.1:0'), { host: '127.0.0.1', port: 0 });
    assert.deepEqual(listenAddress(':8443'), { host: '0.0.0.0', port: 8443 });
    assert.deepEqual(listenAddress('[::]:2222'), { host: '::', port: 2222 });
    for (const text of ['x:y', '0.0.0.0:65536', '8443', '0.0.0.0', '[::]', 'u@h:1', '0.0.0.0:123456'])
      assert.equal(listenAddress(text), undefined, text);
  });

  test('of a registry may have a port and a path', () => {
    for (const text of ['registry.example.com', 'localhost:5000', '[::1]:5000', 'ghcr.io/acme/pumps'])
      assert.ok(isRegistryPlace(text), text);
    for (const text of ['localhost:70000', 'https://ghcr.io', 'ghcr.io/', 'ghcr.io/Acme', 'a b', ''])
      assert.ok(!isRegistryPlace(text), text);
  });
});
