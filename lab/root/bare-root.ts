/** A Debian of any suite with the least that it can be, made once by debootstrap: for what is installed by apt alone. */
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { cachedFolder } from '../machine/cached-folder.ts';
import { debianMirror } from '../machine/debian-mirror.ts';
import type { Suite } from '../machine/debian-suite.ts';
import { requireCommands } from '../machine/packages.ts';

/** @returns the folder of its files, which nobody may change */
export const bareRoot = (suite: Suite): string =>
  cachedFolder(`bare-${suite}`, made => {
    requireCommands(['debootstrap']);
    const words = ['--variant=minbase', suite, made, debianMirror()];
    const { status, stdout } = spawnSync('nice', ['-n', '5', 'debootstrap', ...words], {
      encoding: 'utf8',
      maxBuffer: 64 * 1024 * 1024,
    });
    for (const mounted of ['proc', 'sys'])
      spawnSync('umount', ['--recursive', '--lazy', path.join(made, mounted)], { stdio: 'ignore' });
    if (status !== 0)
      throw new Error(`debootstrap failed: ${stdout.trim().split('\n').slice(-3).join('\n')}`);
    rmSync(path.join(made, 'var/cache/apt/archives'), { recursive: true, force: true });
  });

/** A copy of one that commands run in, as a root folder of their own and with this machine's network. */
export class EnteredRoot {
  readonly folder: string;
  readonly #mounts: string[] = [];

  /** @param folder takes what is written; it is the caller's to remove, after `leave` */
  constructor(base: string, folder: string) {
    this.folder = path.join(folder, 'root');
    for (const name of ['upper', 'work', 'root']) mkdirSync(path.join(folder, name), { recursive: true });
    const layers = `lowerdir=${base},upperdir=${folder}/upper,workdir=${folder}/work`;
    this.#mount('-t', 'overlay', 'overlay', '-o', layers, this.folder);
    this.#mount('-t', 'proc', 'proc', path.join(this.folder, 'proc'));
    this.#mount('--bind', '/dev', path.join(this.folder, 'dev'));
    copyFileSync('/etc/resolv.conf', path.join(this.folder, 'etc/resolv.conf'));
  }

  #mount(...words: readonly string[]): void {
    const { status, stderr } = spawnSync('mount', words, { encoding: 'utf8' });
    if (status !== 0) {
      this.leave();
      throw new Error(`mount ${words.join(' ')}: ${stderr}`);
    }
    this.#mounts.push(words.at(-1) ?? '');
  }

  /** Shows a folder of this machine there, read-only. */
  bind(from: string, to: string): void {
    const place = path.join(this.folder, to);
    mkdirSync(place, { recursive: true });
    this.#mount('--bind', from, place);
  }

  /** A line for its shell. @returns what it wrote, and its exit code */
  type(line: string): { readonly code: number | null; readonly said: string } {
    const environment = {
      PATH: '/usr/sbin:/usr/bin:/sbin:/bin',
      HOME: '/root',
      DEBIAN_FRONTEND: 'noninteractive',
    };
    const { status, stdout, stderr } = spawnSync('chroot', [this.folder, 'sh', '-c', line], {
      encoding: 'utf8',
      env: { ...environment, LC_ALL: 'C.UTF-8' },
      maxBuffer: 64 * 1024 * 1024,
    });
    return { code: status, said: `${stdout}${stderr}` };
  }

  leave(): void {
    for (const place of this.#mounts.splice(0).reverse())
      spawnSync('umount', ['--lazy', place], { stdio: 'ignore' });
  }
}
