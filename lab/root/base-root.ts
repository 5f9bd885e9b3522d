/** A bare Debian to boot from: made once by debootstrap from the mirror of this machine, kept outside of any repository. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
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
export function baseRoot(): string {
  const cache = path.join(process.env.XDG_CACHE_HOME ?? path.join(homedir(), '.cache'), 'towline');
  const folder = path.join(cache, `root-${suite}`);
  if (existsSync(folder)) return folder;
  requireCommands(['debootstrap']);
  const unfinished = `${folder}.new`;
  rmSync(unfinished, { recursive: true, force: true });
  mkdirSync(cache, { recursive: true });
  console.log(`making a bare Debian in ${folder} (once, some minutes) …`);
  const made = spawnSync(
    'nice',
    [
      ...['-n', '19', 'debootstrap', '--variant=minbase', `--include=${packages.join(',')}`],
      ...[suite, unfinished, debianMirror()],
    ],
    { encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 },
  );
  if (made.status !== 0) {
    throw new Error(`debootstrap failed: ${made.stdout.trim().split('\n').slice(-3).join('\n')}`);
  }
  // What debootstrap fetched is installed.
  rmSync(path.join(unfinished, 'var/cache/apt/archives'), { recursive: true, force: true });
  renameSync(unfinished, folder);
  return folder;
}
