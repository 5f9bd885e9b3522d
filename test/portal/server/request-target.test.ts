import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { readTarget } from '../../../portal/server/request-target.ts';

for (const target of [
  ...[
    '',
    'devices',
    '//devices',
    '/devices/',
    '/devices//pump-1',
    '/../etc/passwd',
    '/devices/..',
    '/./devices',
  ],
  ...[
    '/devices/%2e%2e',
    '/devices/pump%2d1',
    '/devices%2fpump-1',
    '/devices/pump\\1',
    '/devices/pümp',
    '/a b',
  ],
  ...['http://portal.example.com/devices', '*', '/devices\0', `/${'a'.repeat(256)}`, '/a'.repeat(13)],
  ...[
    '/devices?q=%',
    '/devices?q=a&q=b',
    '/devices?q=%00',
    '/devices?q=%0a',
    '/devices?q=%ud800',
    '/devices?Q=1',
  ],
  ...['/devices?q=%C0%AF', '/devices?[]=1', '/devices?__proto__=1', `/devices?q=${'a'.repeat(9000)}`],
])
  test(`is no target: ${JSON.stringify(target.slice(0, 40))}`, () =>
    assert.equal(readTarget(target), undefined));

test('a target has its segments and its query, decoded once', () => {
  assert.deepEqual(readTarget('/api/v1/devices?q=caf%C3%A9+1%2B1&offset=100&empty'), {
    path: '/api/v1/devices',
    segments: ['api', 'v1', 'devices'],
    query: new Map([
      ['q', 'café 1+1'],
      ['offset', '100'],
      ['empty', ''],
    ]),
  });
  assert.deepEqual(readTarget('/')?.segments, []);
  assert.deepEqual(readTarget('/apps/shop/releases/1.2.0+build.7')?.segments[3], '1.2.0+build.7');
});

test('what is encoded twice is decoded once', () => {
  assert.equal(readTarget('/jump?q=%252e%252e%252f')?.query.get('q'), '%2e%2e%2f');
});

test('whatever is sent is a target of its own letters, or none', () => {
  const text = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.webPath(),
    fc.webUrl({ withQueryParameters: true }),
  );
  fc.assert(
    fc.property(text, sent => {
      const target = readTarget(sent);
      if (target === undefined) return;
      assert.ok(sent.startsWith(target.path));
      for (const segment of target.segments) assert.match(segment, /^[A-Za-z0-9_+@~.-]{1,255}$/);
      assert.ok(!target.segments.includes('..') && !target.segments.includes('.'));
    }),
  );
});
