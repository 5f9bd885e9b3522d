/**
 * What it costs to read YAML goes by its tokens, of which a few bytes make one. Each begins, ends or is told from the next by
 * an indicator character or a line break (yaml.org/spec/1.2.2, 5.3), and some open what is deeper: counting those is quick.
 */
const weights = new Uint8Array(256);
for (const [characters, weight] of [
  ['-,#\'"\n\r\t', 1],
  ['[]{}?&*!|>%@`\\', 3],
] as const) {
  for (const character of characters) weights[character.charCodeAt(0)] = weight;
}
const [colon, lineFeed] = [0x3a, 0x0a];

/** How many tokens this can make, roughly, and dear ones more than once: as a second key in a line. */
export function yamlWeight(bytes: Uint8Array): number {
  let weight = 0;
  let colonWeight = 1;
  for (const byte of bytes) {
    weight += weights[byte] ?? 0;
    if (byte === lineFeed) colonWeight = 1;
    else if (byte === colon) {
      weight += colonWeight;
      colonWeight = 3;
    }
  }
  return weight;
}
