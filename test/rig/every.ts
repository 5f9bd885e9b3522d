/**
 * Tests that try every single place have a short form: the beginning, the end, and some between. `npm run test:long` tries
 * all of them.
 */
export const isLong = process.env.TOWLINE_LONG_TESTS === '1';
/** Headers stand at the beginning, check sums at the end. */
const edge = 16;
const stride = 41;

/** Which of `length` places are tried. */
export function placesOf(length: number): number[] {
  const all = Array.from({ length }, (_, at) => at);
  return isLong ? all : all.filter(at => at < edge || at >= length - edge || at % stride === 0);
}

/** Of a list whose entries each cost seconds: in the short form the last and every `short`-th. */
export function samplesOf<Sample>(all: readonly Sample[], short = 8): readonly Sample[] {
  return isLong ? all : all.filter((_, at) => at % short === 0 || at === all.length - 1);
}

/** From one place to the next where their number is not known before: in the short form every `short`-th is tried. */
export const strideOf = (short: number): number => (isLong ? 1 : short);
