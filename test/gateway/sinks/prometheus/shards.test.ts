import assert from 'node:assert/strict';
import { test } from 'node:test';
import { maxShardDevices, Shards } from '../../../../gateway/sinks/prometheus/shards.ts';

const fleet = (count: number) => Array.from({ length: count }, (_, number) => `pump-${number}`);

function placesOf(shards: Shards): Map<string, number> {
  return new Map(
    Array.from({ length: shards.count }, (_, shard) => shards.devicesOf(shard) ?? []).flatMap(
      (devices, shard) => devices.map(device => [device, shard] as const),
    ),
  );
}

test('each device is in one shard, and none has more than 500', () => {
  for (const count of [0, 1, 449, 501, 10_000]) {
    const shards = new Shards();
    shards.assign(fleet(count));
    assert.equal(placesOf(shards).size, count);
    for (let shard = 0; shard < shards.count; shard += 1)
      assert.ok((shards.devicesOf(shard)?.length ?? 0) <= maxShardDevices);
  }
});

test('a fleet that grows moves no device but into the new shards, and one that shrinks moves none', () => {
  const shards = new Shards();
  shards.assign(fleet(4000));
  const [before, count] = [placesOf(shards), shards.count];
  shards.assign(fleet(4800));
  const after = placesOf(shards);
  const moved = [...before].filter(([device, shard]) => after.get(device) !== shard);
  assert.ok(shards.count > count);
  assert.deepEqual(
    moved.filter(([device]) => (after.get(device) ?? 0) < count),
    [],
  );
  assert.ok(moved.length < 1200, `${moved.length} moved`);
  shards.assign(fleet(3000));
  const left = placesOf(shards);
  assert.ok([...left].every(([device, shard]) => after.get(device) === shard));
});

test('after a restart of the gateway devices are where they were', () => {
  const [one, other] = [new Shards(), new Shards()];
  one.assign(fleet(2000));
  other.assign(fleet(2000).reverse());
  assert.deepEqual(new Map([...placesOf(one)].sort()), new Map([...placesOf(other)].sort()));
});
