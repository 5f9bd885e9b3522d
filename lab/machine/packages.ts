/** Makes sure that a command is on this machine; on Debian or Ubuntu as root, by installing its package. */
import { spawnSync } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { isStaticExecutable } from './executable.ts';

/** Command → the Debian package that brings it. */
const packageOf: Record<string, string> = {
  'g++': 'g++',
  make: 'make',
  tar: 'tar',
  xz: 'xz-utils',
  dpkg: 'dpkg',
  python3: 'python3',
  git: 'git',
  gpg: 'gnupg',
  openssl: 'openssl',
  ssh: 'openssh-client',
  'ssh-keygen': 'openssh-client',
  sshd: 'openssh-server',
  dockerd: 'docker.io',
  'docker-registry': 'docker-registry',
  busybox: 'busybox-static',
  zstd: 'zstd',
  restic: 'restic',
  'mkfs.ext4': 'e2fsprogs',
  bash: 'bash',
  zsh: 'zsh',
  fish: 'fish',
  nginx: 'nginx-light',
  skopeo: 'skopeo',
  chromium: 'chromium',
  ip: 'iproute2',
  nft: 'nftables',
  debootstrap: 'debootstrap',
  'systemd-nspawn': 'systemd-container',
  'qemu-aarch64-static': 'qemu-user-static',
  'qemu-arm-static': 'qemu-user-static',
  strip: 'binutils',
  readelf: 'binutils',
  'aarch64-linux-gnu-strip': 'binutils-aarch64-linux-gnu',
  'aarch64-linux-gnu-g++': 'g++-aarch64-linux-gnu',
  lintian: 'lintian',
  'dpkg-deb': 'dpkg',
  nsenter: 'util-linux',
  unshare: 'util-linux',
  setpriv: 'util-linux',
  mount: 'mount',
  perl: 'perl-base',
  faketime: 'faketime',
  iptables: 'iptables',
  systemctl: 'systemd',
  'systemd-analyze': 'systemd',
  'systemd-sysusers': 'systemd',
};

/** `/usr/sbin` is not on every PATH, and daemons live there. */
const searchPath = `${process.env.PATH ?? ''}:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin`;

/**
 * Installs packages of which none may start its service: what runs is what we start ourselves. invoke-rc.d and
 * deb-systemd-invoke ask /usr/sbin/policy-rc.d; one that is there already stays, ours goes away again whatever happens.
 */
const installScript = `
policy=/usr/sbin/policy-rc.d
if [ ! -e "$policy" ]; then
  trap 'rm -f "$policy"' EXIT
  trap 'exit 130' INT TERM HUP
  printf '#!/bin/sh\\nexit 101\\n' > "$policy" && chmod 755 "$policy"
fi
apt-get -qq -o DPkg::Lock::Timeout=600 update
apt-get -qq -y --no-install-recommends -o DPkg::Lock::Timeout=600 -o Dpkg::Options::=--force-confold install "$@"
`;

/** Absolute path of a command, or undefined. Of busybox only a static one counts: it must run in an empty image. */
export function findCommand(name: string): string | undefined {
  for (const folder of searchPath.split(':')) {
    const file = `${folder}/${name}`;
    if (folder === '' || !isExecutable(file)) continue;
    if (name === 'busybox' && !isStaticExecutable(file)) continue;
    return file;
  }
  return undefined;
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** Debian packages of those commands that are not on this machine, each once. Nothing is installed. */
export const missingPackages = (names: readonly string[]): string[] => [
  ...new Set(names.filter(name => findCommand(name) === undefined).map(name => packageOf[name] ?? name)),
];

/** Whether packages can be installed from here: root, and Debian's tool. */
export function canInstall(): boolean {
  return process.getuid?.() === 0 && findCommand('apt-get') !== undefined;
}

/**
 * Installs what is missing of `names`, where that can be done.
 * @returns the Debian packages that are still missing: for a line that tells a person what to install.
 */
export function ensureCommands(names: readonly string[]): string[] {
  const missing = () => missingPackages(names);
  const wanted = missing();
  if (wanted.length === 0 || !canInstall()) return wanted;
  console.error(`installing ${wanted.join(' ')} …`);
  const result = spawnSync('sh', ['-c', installScript, 'install', ...wanted], {
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    encoding: 'utf8',
  });
  const left = missing();
  if (left.length > 0) console.error(result.stderr.trim().split('\n').slice(-5).join('\n'));
  return left;
}

/** As `ensureCommands`, and throws one line that says what to install where something is still missing. */
export function requireCommands(names: readonly string[]): void {
  const left = ensureCommands(names);
  if (left.length === 0) return;
  throw new Error(
    `missing on this machine: ${left.join(', ')}. Install them (Debian, Ubuntu: apt-get install ${left.join(' ')}) or run this as root there.`,
  );
}
