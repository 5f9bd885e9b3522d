import assert from 'node:assert/strict';
import { test } from 'node:test';
import { restoresOf, withRestores } from '../../../core/fleet/restores.ts';

const [old, fresh] = ['20261129T041500Z-1a2b3c4d', '20261130T041500Z-1a2b3c4d'];
const shop = { app: 'shop', backup: old };
const door = { app: 'door', backup: old };

test('of each app one request stands in a device’s file, and those of others stay', () => {
  assert.equal(withRestores({}, []), undefined);
  assert.deepEqual(withRestores({}, [shop]), shop);
  assert.deepEqual(withRestores({ restore: shop }, [{ ...shop, backup: fresh }]), { ...shop, backup: fresh });
  assert.deepEqual(withRestores({ restore: shop }, [door]), [shop, door]);
  assert.deepEqual(withRestores({ restore: [shop, door] }, [{ ...shop, backup: fresh }]), [
    door,
    { ...shop, backup: fresh },
  ]);
  assert.deepEqual(restoresOf({ restore: shop }), [shop]);
  assert.deepEqual(restoresOf({ restore: [shop, door] }), [shop, door]);
  assert.deepEqual(restoresOf({}), []);
});
