const nanosecondsOf: Readonly<Record<string, bigint>> = {
  ns: 1n,
  us: 1_000n,
  µs: 1_000n,
  μs: 1_000n,
  ms: 1_000_000n,
  s: 1_000_000_000n,
  m: 60_000_000_000n,
  h: 3_600_000_000_000n,
  d: 86_400_000_000_000n,
  w: 604_800_000_000_000n,
};

/** Nanoseconds of a duration such as `1m30s`, `1.5h`, `2d`; undefined: it is none. Source: Compose specification, durations. */
export function parseDuration(text: string): bigint | undefined {
  const match = /^([-+]?)((?:(?:\d+(?:\.\d*)?|\.\d+)(?:ns|us|µs|μs|ms|s|m|h|d|w))+|0)$/.exec(text);
  if (match === null) return undefined;
  let total = 0n;
  for (const part of (match[2] ?? '').matchAll(/(\d*)(?:\.(\d*))?(ns|us|µs|μs|ms|s|m|h|d|w)/g)) {
    const unit = nanosecondsOf[part[3] ?? ''] ?? 0n;
    const fraction = (part[2] ?? '').slice(0, 18);
    total += BigInt(part[1] === '' || part[1] === undefined ? 0 : part[1]) * unit;
    if (fraction !== '') total += (BigInt(fraction) * unit) / 10n ** BigInt(fraction.length);
  }
  if (total >= 2n ** 63n) return undefined;
  return match[1] === '-' ? -total : total;
}

function fractionText(nanoseconds: bigint, unit: bigint): string {
  const digits = (nanoseconds % unit).toString().padStart(unit.toString().length - 1, '0');
  const fraction = digits.replace(/0+$/, '');
  return `${nanoseconds / unit}${fraction === '' ? '' : `.${fraction}`}`;
}

/** A duration as Go prints it: `1m30s`, `1h0m0s`, `1.5s`, `100ms`. */
export function durationText(nanoseconds: bigint): string {
  if (nanoseconds === 0n) return '0s';
  const size = nanoseconds < 0n ? -nanoseconds : nanoseconds;
  const sign = nanoseconds < 0n ? '-' : '';
  if (size < 1_000n) return `${sign}${size}ns`;
  if (size < 1_000_000n) return `${sign}${fractionText(size, 1_000n)}µs`;
  if (size < 1_000_000_000n) return `${sign}${fractionText(size, 1_000_000n)}ms`;
  const minute = 60_000_000_000n;
  const minutes = size / minute;
  const seconds = `${fractionText(size % minute, 1_000_000_000n)}s`;
  if (minutes === 0n) return `${sign}${seconds}`;
  if (minutes < 60n) return `${sign}${minutes}m${seconds}`;
  return `${sign}${minutes / 60n}h${minutes % 60n}m${seconds}`;
}
