/** The shortest decimal that is the same 32-bit float: how the canonical model prints `cpus` and ratios. */
export function singleFloat(value: number): number {
  const single = Math.fround(value);
  for (let digits = 1; digits <= 9; digits += 1) {
    const short = Number(single.toPrecision(digits));
    if (Math.fround(short) === single) return short;
  }
  return single;
}
