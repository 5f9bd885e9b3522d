/** How git is told to sign a commit that a verb makes. */

/** @param key as git takes it; undefined: the person's own configuration decides. */
export function signingArguments(key: string | undefined): { settings: string[]; sign: string } {
  if (key === undefined) return { settings: [], sign: '-S' };
  const ssh = key.includes('/') || key.endsWith('.pub') || key.startsWith('key::') || key.startsWith('ssh-');
  return {
    settings: ['-c', `gpg.format=${ssh ? 'ssh' : 'openpgp'}`, '-c', `user.signingkey=${key}`],
    sign: '-S',
  };
}
