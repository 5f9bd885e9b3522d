/** Makes sure that a command is on this machine; on Debian or Ubuntu as root, by installing its package. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';

/** Command → the Debian package that brings it. */
const packageOf: Record<string, string> = {
  'g++': 'g++',
  make: 'make',
  python3: 'python3',
  git: 'git',
  gpg: 'gnupg',
  ssh: 'openssh-client',
  'ssh-keygen': 'openssh-client',
  sshd: 'openssh-server',
  dockerd: 'docker.io',
  'docker-registry': 'docker-registry',
  busybox: 'busybox-static',
  nginx: 'nginx-light',
  ip: 'iproute2',
};

/** `/usr/sbin` is not on every PATH, and daemons live there. */
const searchPath = `${process.env.PATH ?? ''}:/usr/local/sbin:/usr/sbin:/sbin:/usr/bin`;

/** Absolute path of a command, or undefined. */
export function findCommand(name: string): string | undefined {
  for (const folder of searchPath.split(':')) {
    if (folder !== '' && existsSync(`${folder}/${name}`)) return `${folder}/${name}`;
  }
  return undefined;
}

function canInstall(): boolean {
  return process.getuid?.() === 0 && findCommand('apt-get') !== undefined;
}

function apt(args: string[]): boolean {
  const environment = {
    ...process.env,
    DEBIAN_FRONTEND: 'noninteractive',
    // A package must not start its service here: what runs is what we start ourselves.
    RUNLEVEL: '1',
  };
  return (
    spawnSync('apt-get', args, { env: environment, stdio: ['ignore', 'ignore', 'inherit'] }).status === 0
  );
}

/**
 * Installs what is missing of `names`, where that can be done.
 * @returns the Debian packages that are still missing: for a line that tells a person what to install.
 */
export function ensureCommands(names: readonly string[]): string[] {
  const missing = () => [
    ...new Set(names.filter(name => findCommand(name) === undefined).map(name => packageOf[name] ?? name)),
  ];
  const wanted = missing();
  if (wanted.length === 0 || !canInstall()) return wanted;
  console.error(`installing ${wanted.join(' ')} …`);
  apt(['-qq', 'update']);
  apt(['-qq', '-y', '--no-install-recommends', '-o', 'DPkg::Lock::Timeout=120', 'install', ...wanted]);
  return missing();
}
