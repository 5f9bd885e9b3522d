/** Lengths of time as people write them in files: `90s`, `1h30m`, `14d`. */
const millisecondsOf: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

/**
 * @param text as `duration` of common.schema.json allows it
 * @returns milliseconds
 * @throws RangeError where the text is no duration or is longer than a thousand years
 */
export function parseDuration(text: string): number {
  if (!/^([0-9]+(ms|s|m|h|d))+$/.test(text)) throw new RangeError(`not a duration: ${text}`);
  let total = 0;
  for (const [, amount, unit] of text.matchAll(/([0-9]+)(ms|s|m|h|d)/g)) {
    total += Number(amount) * (millisecondsOf[unit ?? ''] ?? 0);
  }
  if (total > 365_000 * 86_400_000) throw new RangeError(`longer than a thousand years: ${text}`);
  return total;
}

/** The shortest writing of a number of milliseconds: 5_400_000 → `1h30m`. */
export function formatDuration(milliseconds: number): string {
  let rest = Math.round(milliseconds);
  const parts: string[] = [];
  for (const unit of ['d', 'h', 'm', 's', 'ms']) {
    const size = millisecondsOf[unit] ?? 1;
    const amount = Math.floor(rest / size);
    rest -= amount * size;
    if (amount > 0) parts.push(`${amount}${unit}`);
  }
  return parts.length === 0 ? '0s' : parts.join('');
}
