/** How git is run on the gateway: nothing from the machine's or a user's configuration, no hooks, no surprises. */

/** Options that stand before the sub-command. `-c` reaches git's own children, too. */
export const gitArguments: readonly string[] = Object.entries({
  // The repositories belong to the gateway; who runs it may be somebody else (root in a container).
  'safe.directory': '*',
  'core.hooksPath': '/dev/null',
  'gc.auto': '0',
  'maintenance.auto': 'false',
  'receive.autogc': 'false',
  'uploadpack.packObjectsHook': '',
  'uploadpack.allowFilter': 'false',
  'uploadpack.allowAnySHA1InWant': 'false',
  'core.fsync': 'committed,loose-object',
  'core.fsyncMethod': 'fsync',
  'transfer.fsckObjects': 'true',
  'transfer.bundleURI': 'false',
})
  .filter(([, value]) => value !== '')
  .flatMap(([name, value]) => ['-c', `${name}=${value}`]);

export function gitEnvironment(): Record<string, string> {
  return {
    PATH: process.env.PATH ?? '/usr/local/bin:/usr/bin:/bin',
    LC_ALL: 'C',
    HOME: '/nonexistent',
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_TERMINAL_PROMPT: '0',
    GIT_NO_REPLACE_OBJECTS: '1',
    GIT_OPTIONAL_LOCKS: '0',
  };
}

/**
 * Memory of one git process that reads what others send, and of each that it starts, bytes: what it is sent may have no end.
 * The largest push and the largest fetch from a forge (256 MiB each) are unpacked in less.
 */
export const maxGitMemoryBytes = 512 * 1024 * 1024;
/** Maintenance reads only what the gateway has taken in: all of it at once. */
export const maxMaintenanceMemoryBytes = 2 * 1024 * 1024 * 1024;
