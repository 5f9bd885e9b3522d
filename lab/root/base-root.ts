/** A bare Debian to boot from: made once by debootstrap from the mirror of this machine, kept outside of any repository. */
import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import path from 'node:path';
import { cachedFolder } from '../machine/cached-folder.ts';
import { debianMirror } from '../machine/debian-mirror.ts';
import { requireCommands } from '../machine/packages.ts';

const suite = 'bookworm';
/** What a person has installed before they read a page of ours: init, git, ssh, an engine; and no Node. */
const packages = [
  ...['systemd', 'systemd-sysv', 'dbus', 'procps', 'iproute2', 'less', 'ca-certificates', 'libstdc++6'],
  ...['git', 'openssh-client', 'openssh-server', 'docker.io', 'iptables'],
];

/**
 * @returns the folder of its files, which nobody may change
 * @throws Error with debootstrap's last words
 */
export const baseRoot = (): string => cachedFolder(`root-${suite}`, debootstrap);

function debootstrap(made: string): void {
  requireCommands(['debootstrap']);
  console.log(`making a bare Debian in ${path.dirname(made)} (once, some minutes) …`);
  const { status, stdout } = spawnSync(
    'nice',
    [
      ...['-n', '5', 'debootstrap', '--variant=minbase', `--include=${packages.join(',')}`],
      ...[suite, made, debianMirror()],
    ],
    { encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 },
  );
  // Where it was cut off they are mounted still: what is removed there is this machine's.
  for (const mounted of ['proc', 'sys'])
    spawnSync('umount', ['--recursive', '--lazy', path.join(made, mounted)], { stdio: 'ignore' });
  if (status !== 0) {
    throw new Error(`debootstrap failed: ${stdout.trim().split('\n').slice(-3).join('\n')}`);
  }
  // What it fetched is installed.
  rmSync(path.join(made, 'var/cache/apt/archives'), { recursive: true, force: true });
}
