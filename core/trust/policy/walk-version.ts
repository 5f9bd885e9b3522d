/**
 * The version of the rules by which a step is judged: `walk` of the policy in force. Stricter rules and new words of
 * the policy count from the step on that raises it, so that devices which wait for a newer agent are not locked out
 * by a rule that they do not know.
 */

/** What a policy without `walk` means. */
export const firstWalk = 1;
/** The newest version that this program knows. */
export const newestWalk = 2;

/** The `walk` that a policy's file names, whatever else it says: one that is unknown may have any other words. */
export function statedWalk(file: unknown): number {
  if (typeof file !== 'object' || file === null || !('walk' in file)) return firstWalk;
  return typeof file.walk === 'number' ? file.walk : firstWalk;
}
