/** What is in the way of each device, and since when nothing is: a device that cannot be reached is not late. */

interface Way {
  /** How many things are in it. */
  blocked: number;
  /** Since the soak began. */
  freeSinceMs: number;
}

export class Obstacles {
  readonly #ways: Map<string, Way>;

  constructor(devices: readonly string[]) {
    this.#ways = new Map(devices.map(device => [device, { blocked: 0, freeSinceMs: 0 }]));
  }

  block(devices: readonly string[]): void {
    for (const device of devices) this.#of(device).blocked += 1;
  }

  free(devices: readonly string[], nowMs: number): void {
    for (const device of devices) {
      const way = this.#of(device);
      way.blocked -= 1;
      if (way.blocked === 0) way.freeSinceMs = nowMs;
    }
  }

  /** @returns undefined: something is in its way */
  freeSince(device: string): number | undefined {
    const { blocked, freeSinceMs } = this.#of(device);
    return blocked > 0 ? undefined : freeSinceMs;
  }

  #of(device: string): Way {
    const way = this.#ways.get(device);
    if (way === undefined) throw new RangeError(`${device} is no device of this soak`);
    return way;
  }
}
