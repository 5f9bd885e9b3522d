/**
 * Which devices are scraped together. The assignment follows from the ids alone: after a restart it is the same, and where
 * one more shard is needed, only those move that go there (Lamping, Veach: "A Fast, Minimal Memory, Consistent Hash
 * Algorithm", 2014, with another source of chance).
 */
export const maxShardDevices = 500;
/** An id that comes to a full shard asks for one more shard; this many are looked at before it has to. */
const wantedShardDevices = 450;

export class Shards {
  #devices: readonly (readonly string[])[] = [[]];

  /** There is always one. */
  get count(): number {
    return this.#devices.length;
  }

  /** In the order in which they came. */
  devicesOf(shard: number): readonly string[] | undefined {
    return this.#devices[shard];
  }

  /** There are never fewer than there were: a fleet that loses a device moves none. */
  assign(devices: readonly string[]): void {
    const seeds = devices.map(seedOf);
    let count = Math.max(this.count, Math.ceil(devices.length / wantedShardDevices), 1);
    let shards = filled(devices, seeds, count);
    while (shards.some(({ length }) => length > maxShardDevices)) {
      count += 1;
      shards = filled(devices, seeds, count);
    }
    this.#devices = shards;
  }
}

function filled(devices: readonly string[], seeds: readonly number[], count: number): string[][] {
  const shards: string[][] = Array.from({ length: count }, () => []);
  for (const [at, device] of devices.entries()) shards[shardOf(seeds[at] ?? 0, count)]?.push(device);
  return shards;
}

/** Where it jumps to as shards are added, and the last such place below `count`. */
function shardOf(seed: number, count: number): number {
  let state = seed;
  let [shard, next] = [0, 0];
  while (next < count) {
    shard = next;
    state = (state + 0x9e3779b9) | 0;
    next = Math.floor((shard + 1) / ((mixed(state) + 1) / 2 ** 32));
  }
  return shard;
}

/** FNV-1a, 32 bits. */
function seedOf(device: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < device.length; at++) hash = Math.imul(hash ^ device.charCodeAt(at), 0x01000193);
  return hash;
}

/** MurmurHash3's finalizer: each bit of the state counts for each of the result. */
function mixed(state: number): number {
  let bits = state ^ (state >>> 16);
  bits = Math.imul(bits, 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
  return (bits ^ (bits >>> 16)) >>> 0;
}
