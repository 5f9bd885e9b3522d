/** What stands where something was taken out. */
export const hidden = '[hidden]';

/** Stretches of a text, from – to, in order and apart. */
export type Stretch = readonly [from: number, to: number];

export function without(text: string, stretches: readonly Stretch[]): string {
  if (stretches.length === 0) return text;
  let at = 0;
  let result = '';
  for (const [from, to] of stretches) {
    result += text.slice(at, from) + hidden;
    at = to;
  }
  return result + text.slice(at);
}
