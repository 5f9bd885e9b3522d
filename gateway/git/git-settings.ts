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
