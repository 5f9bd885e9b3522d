/** The signing key that `towline init` proposes: the one that git signs with already, else one that lies in `~/.ssh`. */
import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import path from 'node:path';
import { git } from '../desk/git.ts';
import { assertTrustable } from '../desk/trustable-key.ts';

/** In the order of ssh(1), the newest kind first; what a token holds needs it at hand for each commit. */
const sshNames = ['id_ed25519', 'id_ecdsa', 'id_rsa', 'id_ed25519_sk', 'id_ecdsa_sk'];

/** @returns as it would be typed; '' where there is none that devices could trust */
export async function proposedKey(home: string = homedir()): Promise<string> {
  const own = await settingOf(home, 'user.signingkey');
  const isSsh = (await settingOf(home, 'gpg.format')) === 'ssh';
  if (own !== '' && !isSsh) return own;
  const files = sshNames.map(name => path.join(home, '.ssh', `${name}.pub`));
  if (/^(?:~?\/)/.test(own)) files.unshift(`${own.replace(/^~/, home).replace(/\.pub$/, '')}.pub`);
  for (const file of files) {
    if (await isTrustable(file)) return file;
  }
  return '';
}

async function settingOf(home: string, name: string): Promise<string> {
  return await git(['config', '--global', name], { directory: '/', environment: { HOME: home } }).catch(
    () => '',
  );
}

async function isTrustable(file: string): Promise<boolean> {
  try {
    await assertTrustable('ssh', (await readFile(file, 'utf8')).trim(), file);
    return true;
  } catch {
    return false;
  }
}
