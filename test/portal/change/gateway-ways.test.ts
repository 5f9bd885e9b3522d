/** Which ways of signing are open at a gateway, to whom. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
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
