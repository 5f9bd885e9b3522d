/** What `towline plan` says of data when apps go, come, or are called otherwise. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { DesiredProject } from '../../../core/desired/state.ts';
import { volumesLeft } from '../../../core/plan/left-behind.ts';
import { observedAsApplied } from '../../../core/plan/observed-as-applied.ts';
import { makeDesired, makeProject } from '../../../lab/rig/desired.ts';

const app = (name: string, volumes: Record<string, object>): DesiredProject =>
  makeProject(name, { services: { web: { image: 'web:1' } }, volumes });

function said(before: readonly DesiredProject[], after: readonly DesiredProject[]): string[] {
  const { observed } = observedAsApplied(
    makeDesired('pump', [...before]),
    0,
    makeDesired('pump', [...after]),
  );
  return volumesLeft(after, observed).map(({ project, message }) => `${project}: ${message}`);
}

const handedOn = 'its data is handed on as docs/guides/apps.md says ("Renaming an app")';

test('a renamed app leaves its volumes and begins with empty ones: both are said', () => {
  const data = { data: {}, cache: {} };
  assert.deepEqual(said([app('shop', data)], [app('store', data)]), [
    'shop: volumes shop_data, shop_cache stay on the device, used by no app',
    `store: volume store_data begins empty: if it is shop_data under another name, ${handedOn}`,
    `store: volume store_cache begins empty: if it is shop_cache under another name, ${handedOn}`,
  ]);
});

test('a volume that an app calls otherwise is the same case', () => {
  assert.deepEqual(said([app('shop', { data: {} })], [app('shop', { database: {} })]), [
    'shop: volume shop_data stays on the device, used by no app',
    `shop: volume shop_database begins empty: if it is shop_data under another name, ${handedOn}`,
  ]);
  // By `name:`, the key stays.
  assert.deepEqual(said([app('shop', { data: {} })], [app('shop', { data: { name: 'big' } })]), [
    'shop: volume shop_data stays on the device, used by no app',
    `shop: volume big begins empty: if it is shop_data under another name, ${handedOn}`,
  ]);
});

test('an app that goes leaves its volumes, and what comes beside it with others of its own is no heir', () => {
  const shop = app('shop', { data: {} });
  assert.deepEqual(said([shop], []), ['shop: volume shop_data stays on the device, used by no app']);
  assert.deepEqual(said([shop], [app('web', { pages: {} })]), [
    'shop: volume shop_data stays on the device, used by no app',
  ]);
});

test('nothing is said of what is there, new, external or nobody’s', () => {
  const shop = app('shop', { data: {} });
  const outside = app('shop', { data: { external: true, name: 'disk' } });
  assert.deepEqual(said([shop], [shop]), []);
  assert.deepEqual(said([], [shop]), []);
  assert.deepEqual(said([shop], [shop, app('web', { data: {} })]), []);
  assert.deepEqual(said([outside], [outside]), []);
  assert.deepEqual(said([outside], []), []);
});
