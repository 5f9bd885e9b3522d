/** A time as people and files are told it: UTC, to the second, `2026-03-01T12:00:00Z`. @param ms since the epoch */
export function timeWord(ms: number): string {
  return new Date(ms).toISOString().replace(/\.\d+Z$/, 'Z');
}
