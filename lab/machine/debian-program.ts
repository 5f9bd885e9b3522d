/**
 * Programs of Debian packages that nothing is installed of: a service that a package brings must not start on the machine
 * of whoever runs the tests. Downloaded once and unpacked into a cache folder, for programs that need no other package.
 */
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { cachedFolder } from './cached-folder.ts';

/** The package that brings it, and where it lies in there. */
const programs = {
  prometheus: ['prometheus', 'usr/bin/prometheus'],
  promtool: ['prometheus', 'usr/bin/promtool'],
  alertmanager: ['prometheus-alertmanager', 'usr/bin/prometheus-alertmanager'],
  amtool: ['prometheus-alertmanager', 'usr/bin/amtool'],
  'victoria-metrics': ['victoria-metrics', 'usr/bin/victoria-metrics'],
} as const;

export type DebianProgram = keyof typeof programs;

/**
 * Absolute path of the program.
 * @throws Error where the package cannot be had
 */
export function debianProgram(name: DebianProgram): string {
  const [packageName, file] = programs[name];
  const folder = cachedFolder(packageName, (made, scratch) => unpack(packageName, made, scratch));
  return path.join(folder, file);
}

function unpack(packageName: string, into: string, folder: string): void {
  const download = () =>
    run('apt-get', ['-qq', '-o', 'APT::Sandbox::User=root', 'download', packageName], folder);
  // A bare machine has no package lists yet.
  if (download() !== 0) run('apt-get', ['-qq', '-o', 'DPkg::Lock::Timeout=120', 'update'], folder);
  const archive = () => readdirSync(folder).find(file => file.endsWith('.deb'));
  if (archive() === undefined) download();
  const found = archive();
  if (found === undefined) throw new Error(`apt-get downloads no ${packageName}: is this Debian?`);
  if (run('dpkg', ['-x', path.join(folder, found), into], folder) !== 0)
    throw new Error(`${packageName} cannot be unpacked`);
}

/** @returns its exit code; -1: it was not started, or not to its end */
function run(command: string, parameters: readonly string[], cwd: string): number {
  return spawnSync(command, parameters, { cwd, stdio: 'ignore', timeout: 300_000 }).status ?? -1;
}
