/** A program that may have so much memory and no more. Node cannot limit its children; a shell can, before it becomes one. */

/** Of what a program writes to: mapped files, such as packs, do not count. Where less is allowed for good, that stays; a hook that is no git lifts it. */
const script = 'ulimit -S -d "$1" 2>/dev/null; shift; exec "$@"';

/** @returns program and arguments to be started in place of these: the process is the same, with the limit on it and its children */
export function withMemoryLimit(
  maxBytes: number,
  program: string,
  args: readonly string[],
): { readonly program: string; readonly args: string[] } {
  return { program: 'sh', args: ['-c', script, 'sh', String(Math.floor(maxBytes / 1024)), program, ...args] };
}
