/** Durations and sizes as the canonical model writes them. */

const unitMs: Record<string, number> = {
  h: 3_600_000,
  m: 60_000,
  s: 1000,
  ms: 1,
  us: 1e-3,
  µs: 1e-3,
  ns: 1e-6,
};

/** Go's duration text ("1m30s", "1.5s") → milliseconds. */
export function durationMs(value: string | undefined): number | undefined {
  if (value === undefined || !/^(?:[0-9.]+(?:h|ms|m|s|us|µs|ns))+$/.test(value)) return undefined;
  let total = 0;
  for (const [, amount, unit] of value.matchAll(/([0-9.]+)(h|ms|m|s|us|µs|ns)/g)) {
    total += Number(amount) * (unitMs[unit ?? ''] ?? 0);
  }
  return total;
}

const sizeUnits = ['b', 'k', 'm', 'g', 't', 'p'];

/** "67108864", "64m", "1gb" → bytes, in steps of 1024 (docker/go-units RAMInBytes). */
export function sizeBytes(value: string | undefined): number | undefined {
  if (value === undefined) return undefined;
  const match = /^(-?[0-9]+(?:\.[0-9]+)?)\s*([bkmgtp]?)(?:i?b)?$/i.exec(value);
  if (match === null) return undefined;
  const power = Math.max(0, sizeUnits.indexOf((match[2] ?? '').toLowerCase()));
  return Math.trunc(Number(match[1]) * 1024 ** power);
}

/** In whole hundredths; 0 of nothing. */
export function percentOf(part: number, whole: number): number {
  return whole > 0 ? Math.floor((100 * part) / whole) : 0;
}

/** Bytes for people: "64 MiB". */
export function formatBytes(bytes: number): string {
  const units = ['bytes', 'KiB', 'MiB', 'GiB', 'TiB'];
  let amount = bytes;
  let unit = 0;
  while (amount >= 1024 && unit < units.length - 1) {
    amount /= 1024;
    unit++;
  }
  return `${Number(amount.toFixed(1))} ${units[unit]}`;
}
