/** A home folder for tests: the person's own git and gpg settings neither help nor hinder them. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

const gitConfiguration = `[user]
	name = Towline tests
	email = tests@towline.invalid
[init]
	defaultBranch = main
[commit]
	gpgSign = false
[advice]
	detachedHead = false
`;

export interface TestHome {
  readonly environment: NodeJS.ProcessEnv;
  remove(): void;
}

/** Variables of git, gpg and ssh that a shell or a hook may have set, and that would lead tests elsewhere. */
const foreign = /^(GIT_|GPG_|GNUPGHOME$|SSH_|TOWLINE_)/;

export function makeTestHome(): TestHome {
  const folder = mkdtempSync(path.join(tmpdir(), 'towline-home-'));
  mkdirSync(path.join(folder, '.ssh'), { mode: 0o700 });
  mkdirSync(path.join(folder, '.gnupg'), { mode: 0o700 });
  writeFileSync(path.join(folder, '.gitconfig'), gitConfiguration);
  const kept = Object.entries(process.env).filter(([name]) => !foreign.test(name));
  return {
    environment: {
      ...Object.fromEntries(kept),
      HOME: folder,
      GIT_CONFIG_NOSYSTEM: '1',
      LC_ALL: 'C.UTF-8',
      TZ: 'UTC',
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
