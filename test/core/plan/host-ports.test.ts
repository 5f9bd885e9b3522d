import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hostPorts } from '../../../core/plan/container/ports.ts';

test('only a number is a port of the host; a range, and what is endless, is left to the engine', () => {
  const published = ['8080', '', '8000-8010', 'Infinity', 'x'];
  const ports = published.map(one => ({ target: 80, published: one }));
  assert.deepEqual(hostPorts({ ports }), [{ hostIp: '', port: 8080, protocol: 'tcp' }]);
});
