/** What a walk stands on: machines that systemd has booted, a network of their own, a registry with images. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Daemon } from '../../lab/machine/daemon.ts';
import { ImageMaker } from '../../lab/machine/images.ts';
import { findCommand, requireCommands } from '../../lab/machine/packages.ts';
import { baseRoot } from '../../lab/root/base-root.ts';
import { BootedRoot } from '../../lab/root/booted-root.ts';
import { Shell } from '../../lab/root/shell.ts';
import { Seat, type Table } from './seat.ts';

const root = path.join(import.meta.dirname, '../..');
/** A name of the pages, on this machine. */
const hosts = ['127.0.0.1 gateway.example.com'];
export const registryAddress = '127.0.0.1:5000';

export interface MachineOptions {
  readonly engine?: boolean;
  readonly desk?: boolean;
  readonly base?: string;
  readonly binds?: Readonly<Record<string, string>>;
}

function must(command: string, ...words: string[]): void {
  const { status, stderr } = spawnSync(command, words, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${command} ${words.join(' ')}: ${stderr}`);
}

export class Stage implements AsyncDisposable {
  readonly folder = mkdtempSync(path.join(tmpdir(), 'towline-walk-'));
  /** A clone of this commit, as somebody has who reads the README. */
  readonly clone = path.join(this.folder, 'towline');
  readonly #network = `towline-walk-${process.pid}`;
  readonly #table: Table;
  readonly #machines = new Map<string, BootedRoot>();
  readonly #shells: Shell[] = [];
  #registry: Daemon | undefined;

  constructor(table: Table) {
    this.#table = table;
  }

  async set(): Promise<void> {
    requireCommands(['systemd-nspawn', 'nsenter', 'ip', 'docker-registry', 'busybox', 'git']);
    must('ip', 'netns', 'add', this.#network);
    must('ip', '-n', this.#network, 'link', 'set', 'lo', 'up');
    must('git', 'clone', '--quiet', root, this.clone);
    const images = path.join(this.folder, 'registry');
    mkdirSync(images);
    const config = path.join(this.folder, 'registry.yaml');
    writeFileSync(
      config,
      `version: 0.1\nlog: { level: warn }\nstorage: { filesystem: { rootdirectory: ${images} } }\nhttp: { addr: "${registryAddress}" }\n`,
    );
    this.#registry = new Daemon({
      command: 'ip',
      arguments: ['netns', 'exec', this.#network, findCommand('docker-registry') ?? '', 'serve', config],
      log: path.join(this.folder, 'registry.log'),
    });
  }

  /**
   * @param engine whether it has Docker
   * @param desk whether Node 24 and npm are installed there, and the clone lies there
   * @param base another system than a bare Debian
   * @param binds path of ours → path there, read-only
   */
  async boot(
    name: string,
    { engine = false, desk = false, base = baseRoot(), binds = {} }: MachineOptions = {},
  ): Promise<BootedRoot> {
    const node = path.join(root, 'node_modules/node/bin/node');
    const npm = '/usr/lib/node_modules/npm';
    const machine = await BootedRoot.boot({
      name,
      base,
      folder: path.join(this.folder, name),
      network: this.#network,
      hosts,
      engine,
      binds: {
        ...(desk ? { [node]: '/usr/bin/node', [npm]: npm, [this.clone]: '/root/towline' } : {}),
        ...binds,
      },
    });
    this.#machines.set(name, machine);
    return machine;
  }

  /** Somebody at that machine; at ours where none is named. */
  async seat(who: string, machine?: BootedRoot, home = '/root'): Promise<Seat> {
    const user = home === '/root' ? 'root' : who;
    if (machine !== undefined)
      return new Seat(`${who}@${machine.name}`, await machine.shell(user, home), this.#table);
    const shell = await Shell.open(['nice', '-n', '10', 'env', 'PAGER=cat', 'NO_COLOR=1'], this.clone);
    this.#shells.push(shell);
    return new Seat(`${who}@build`, shell, this.#table);
  }

  /** A file goes from one machine to another, by hand. */
  carry(from: string, to: string): void {
    console.log(`\n# carried: ${path.basename(from)} to ${to.replace(/^\/proc\/\d+\/root/, '')}`);
    must('cp', '-a', from, to);
  }

  /** The images of a release, by the engine of that machine. */
  async images(machine: BootedRoot, version: string, web: 'web' | 'unhealthy'): Promise<void> {
    const maker = new ImageMaker(machine.path('/run/docker.sock'), registryAddress);
    await maker.push('hello/web', version, web);
    await maker.push('hello/worker', version, 'worker');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const shell of this.#shells) shell.close();
    await Promise.all([...this.#machines.values()].map(machine => machine.stop()));
    await this.#registry?.stop();
    spawnSync('ip', ['netns', 'delete', this.#network]);
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  }
}
