/** How much one device may have stored: what it sends is kept for days, and a disk is finite. */

import { TowlineError } from '../../core/errors.ts';
import { defaults } from '../../core/fleet/setting-defaults.ts';
import { parseSize } from '../../core/fleet/size.ts';
import type { Clock } from '../../core/io/clock.ts';
import type { FleetFile } from '../../schemas/types.generated.ts';

const dayMs = 86_400_000;
/** For its status, which goes on when its logs have to wait. */
const statusBytesPerDay = 16 * 1024 * 1024;
const maxRetryAfterSec = 3600;

/**
 * What an honest device stays below: it counts by its own calendar day, so that all of two days may come around one
 * midnight.
 */
export function storedBytesPerDay(fleet: FleetFile | undefined): number {
  return (
    parseSize(fleet?.telemetry?.maxBytesPerDay ?? defaults.telemetryMaxBytesPerDay) * 2 + statusBytesPerDay
  );
}

interface Account {
  bytes: number;
  /** As of then, by the monotonic clock. */
  atMs: number;
}

export class StoredBudget {
  readonly #bytesPerDay: () => number;
  readonly #clock: Clock;
  readonly #accounts = new Map<string, Account>();

  /** @param bytesPerDay asked each time: a fleet's settings change. */
  constructor(bytesPerDay: () => number, clock: Clock) {
    this.#bytesPerDay = bytesPerDay;
    this.#clock = clock;
  }

  /** Before anything is received. @throws TowlineError GATEWAY_RATE_LIMITED while all of a day is used up. */
  check(device: string): void {
    const bytesPerDay = this.#bytesPerDay();
    const over = this.#of(device).bytes - bytesPerDay;
    if (over < 0) return;
    const waitSec = Math.ceil((over / bytesPerDay) * (dayMs / 1000)) + 1;
    throw new TowlineError('GATEWAY_RATE_LIMITED', 'as much is stored of this device as of one in a day', {
      details: { retryAfterSec: Math.min(maxRetryAfterSec, waitSec) },
    });
  }

  charge(device: string, bytes: number): void {
    const account = this.#of(device);
    account.bytes += bytes;
    this.#accounts.set(device, account);
  }

  /** Used up evenly over a day. */
  #of(device: string): Account {
    const now = this.#clock.monotonic();
    const { bytes, atMs } = this.#accounts.get(device) ?? { bytes: 0, atMs: now };
    return { bytes: Math.max(0, bytes - ((now - atMs) / dayMs) * this.#bytesPerDay()), atMs: now };
  }
}
