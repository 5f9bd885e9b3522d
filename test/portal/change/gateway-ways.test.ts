/** Which ways of signing are open at a gateway, to whom; and what one person may leave there unsigned. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PushRoom } from '../../../gateway/portal/push-room.ts';
import { gatewayWays } from '../../../gateway/portal/push-ways.ts';
import type { Viewer } from '../../../portal/home/viewer.ts';

const forge = { url: 'https://git.acme.example/acme/pumps.git' };
const open = (by: Viewer['by'], pushes: 'all' | 'requests' | 'none', upstream?: { readonly url: string }) =>
  gatewayWays({ by, pushes: () => pushes }, upstream)
    .filter(way => way.open)
    .map(({ way }) => way);

test('who may push main signs by a passkey; who may ask asks; everybody may take the patch away', () => {
  assert.deepEqual(open('passkey', 'all'), ['passkey', 'patch', 'request']);
  assert.deepEqual(open('ssh', 'all'), ['passkey', 'patch', 'request']);
  assert.deepEqual(open('ssh', 'requests'), ['patch', 'request']);
  assert.deepEqual(open('ssh', 'none'), ['patch']);
});

test('who logged in by a provider signs nothing, whatever their file says', () => {
  for (const pushes of ['all', 'requests', 'none'] as const)
    assert.deepEqual(open('oidc', pushes), ['patch'], pushes);
});

test('where a forge has main, nothing is pushed to it here, and where it is is said', () => {
  assert.deepEqual(open('ssh', 'all', forge), ['patch', 'request']);
  const closed = gatewayWays({ by: 'ssh', pushes: () => 'all' }, forge).filter(way => !way.open);
  for (const name of ['passkey', 'forge'])
    assert.match(closed.find(({ way }) => way === name)?.why ?? '', /git\.acme\.example/, name);
});

test('of each that is closed it is said why', () => {
  for (const way of gatewayWays({ by: 'oidc', pushes: () => 'none' }, forge))
    assert.equal(way.open, way.why === undefined, way.way);
});

test('one person fills no disk with what they never sign, and takes no room from another', () => {
  let nowMs = 0;
  const clock = { now: () => nowMs, monotonic: () => nowMs, sleep: async () => undefined };
  const room = new PushRoom(clock);
  const megabyte = 1024 * 1024;
  let kept = 0;
  for (let count = 0; count < 1000; count += 1) if (room.take('dave', megabyte)) kept += 1;
  assert.equal(kept, 16);
  assert.ok(room.take('alice', megabyte));
  assert.ok(!room.take('dave', megabyte));
  nowMs += 3_600_000;
  assert.ok(room.take('dave', 4 * megabyte), 'an hour gives some of it back');
  assert.ok(!room.take('dave', megabyte));
});
