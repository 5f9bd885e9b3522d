import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fieldsOf } from '../../../core/json.ts';
import { PortalFleet } from '../../../lab/rig/portal-fleet.ts';
import { AskedModel, paths } from './asked-model.ts';

test('what the API says of reading the fleet is answered, and nothing is answered that it does not say', async () => {
  const fleet = await PortalFleet.make({ size: 1 });
  await using asked = await AskedModel.open(fleet);
  const described = Object.entries(paths).flatMap(([path, methods]) => {
    const { tags } = fieldsOf(fieldsOf(methods).get);
    return Array.isArray(tags) && tags.includes('model') ? [path] : [];
  });
  assert.deepEqual(asked.routes.map(({ path }) => path).sort(), described.sort());
});
