/** A machine of its own on this one: a bare Debian that systemd has booted (systemd-nspawn), thrown away at the end. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { Daemon } from '../machine/daemon.ts';
import { Shell } from './shell.ts';

export interface RootOptions {
  readonly name: string;
  /** The bare Debian. */
  readonly base: string;
  /** Takes what this machine writes. */
  readonly folder: string;
  /** Network namespace, as `ip netns` knows it. */
  readonly network: string;
  /** Path of ours → path in it, read-only. */
  readonly binds?: Readonly<Record<string, string>>;
  /** Lines of /etc/hosts. */
  readonly hosts: readonly string[];
  readonly engine: boolean;
}

/** An engine that leaves the kernel's settings alone: they are not those of this machine only. */
const quietEngine = { iptables: false, ip6tables: false, 'ip-forward': false, 'ip-masq': false };
/** systemd-nspawn shows them read-only; an engine makes a group for each container. */
const writableGroups = `[Service]
ExecStartPre=/bin/sh -c 'for group in /sys/fs/cgroup /sys/fs/cgroup/*; do mount -o remount,bind,rw $$group || true; done'
`;
const bootTimeoutMs = 180_000;

function must(command: string, ...words: string[]): string {
  const { status, stdout, stderr } = spawnSync(command, words, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${command} ${words.join(' ')}: ${stderr}`);
  return stdout;
}

export class BootedRoot {
  readonly name: string;
  readonly #folder: string;
  readonly #daemon: Daemon;
  readonly #shells: Shell[] = [];
  #leader = 0;

  static async boot(options: RootOptions): Promise<BootedRoot> {
    const root = new BootedRoot(options);
    try {
      await root.#up();
    } catch (error) {
      await root.stop();
      throw error;
    }
    return root;
  }

  private constructor({ name, base, folder, network, hosts, engine, binds = {} }: RootOptions) {
    this.name = name;
    this.#folder = folder;
    for (const part of ['upper', 'work', 'root', 'docker'])
      mkdirSync(path.join(folder, part), { recursive: true });
    const layers = `lowerdir=${base},upperdir=${folder}/upper,workdir=${folder}/work`;
    must('mount', '-t', 'overlay', 'overlay', '-o', layers, `${folder}/root`);
    this.#prepare(hosts, engine);
    const bound = Object.entries(binds).map(([from, to]) => `--bind-ro=${from}:${to}`);
    this.#daemon = new Daemon({
      command: 'systemd-nspawn',
      arguments: [
        ...['--quiet', '--register=no', '--keep-unit', `--machine=${name}`, `--directory=${folder}/root`],
        ...[`--network-namespace-path=/run/netns/${network}`, '--resolv-conf=off'],
        // An engine makes containers of its own; its layers cannot lie on layers.
        ...(engine
          ? [
              ...['--capability=all', '--system-call-filter=add_key keyctl bpf'],
              ...[`--bind=${folder}/docker:/var/lib/docker`],
            ]
          : []),
        ...bound,
        '--boot',
      ],
      log: path.join(folder, 'console.log'),
      environment: { ...process.env, SYSTEMD_NSPAWN_LOCK: '0' },
    });
  }

  #prepare(hosts: readonly string[], engine: boolean): void {
    const root = path.join(this.#folder, 'root');
    writeFileSync(path.join(root, 'etc/hostname'), `${this.name}\n`);
    writeFileSync(path.join(root, 'etc/hosts'), `127.0.0.1 localhost ${this.name}\n${hosts.join('\n')}\n`);
    // What a package of Node brings; it is bound where it lies.
    const npm = path.join(root, 'usr/bin/npm');
    rmSync(npm, { force: true });
    symlinkSync('../lib/node_modules/npm/bin/npm-cli.js', npm);
    const masked = [
      'ssh.service',
      ...(engine ? [] : ['docker.service', 'docker.socket', 'containerd.service']),
    ];
    must('systemctl', `--root=${root}`, 'mask', '--quiet', ...masked);
    mkdirSync(path.join(root, 'etc/docker'), { recursive: true });
    mkdirSync(path.join(root, 'etc/systemd/system/docker.service.d'), { recursive: true });
    writeFileSync(path.join(root, 'etc/systemd/system/docker.service.d/cgroups.conf'), writableGroups);
    writeFileSync(path.join(root, 'etc/docker/daemon.json'), `${JSON.stringify(quietEngine)}\n`);
  }

  async #up(): Promise<void> {
    const ready = await this.#daemon.until(() => this.#isUp(), bootTimeoutMs);
    if (!ready) throw new Error(`${this.name} does not come up:\n${this.#daemon.lastWords(20)}`);
  }

  #isUp(): boolean {
    const pid = this.#daemon.pid ?? 0;
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ');
    this.#leader = Number(children[0] ?? '');
    if (this.#leader === 0) return false;
    const [program = '', ...rest] = [...this.#enter(), 'systemctl', 'is-system-running'];
    return /running|degraded/.test(spawnSync(program, rest, { encoding: 'utf8' }).stdout);
  }

  /** A path of this machine, as we reach it. */
  path(inside: string): string {
    return `/proc/${this.#leader}/root${inside}`;
  }

  #enter(user = 'root', home = '/root'): string[] {
    return [
      ...['nsenter', `--target=${this.#leader}`, '--mount', '--uts', '--ipc', '--net', '--pid', '--cgroup'],
      ...[`--wdns=${home}`, 'setpriv', `--reuid=${user}`, `--regid=${user}`, '--init-groups'],
      ...[
        'env',
        '-i',
        `HOME=${home}`,
        `USER=${user}`,
        `LOGNAME=${user}`,
        'PAGER=cat',
        'TERM=dumb',
        'LANG=C.UTF-8',
      ],
      'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
    ];
  }

  /** Debian's packages: its network is cut off, so they are fetched by ours. */
  install(...packages: string[]): void {
    const apt = `apt-get update -q && apt-get install -y -q --no-install-recommends ${packages.join(' ')}`;
    must(
      'nsenter',
      ...[`--target=${this.#leader}`, '--mount', '--uts', '--ipc', '--pid', 'env', '-i', 'HOME=/root'],
      ...['PATH=/usr/sbin:/usr/bin:/sbin:/bin', 'DEBIAN_FRONTEND=noninteractive', 'sh', '-c', apt],
    );
  }

  async shell(user = 'root', home = '/root'): Promise<Shell> {
    const shell = await Shell.open(this.#enter(user, home));
    this.#shells.push(shell);
    return shell;
  }

  /** Its power is cut, from one moment to the next: what it wrote stays, and another may be booted of the same folder. */
  async cutPower(): Promise<void> {
    for (const shell of this.#shells) shell.close();
    if (existsSync(`/proc/${this.#leader}`)) process.kill(this.#leader, 'SIGKILL');
    await this.#daemon.stop(30_000);
    spawnSync('umount', ['--recursive', '--lazy', `${this.#folder}/root`]);
  }

  /** Ends it and forgets what it wrote. */
  async stop(): Promise<void> {
    for (const shell of this.#shells) shell.close();
    await this.#daemon.stop(30_000);
    spawnSync('umount', ['--recursive', '--lazy', `${this.#folder}/root`]);
    rmSync(this.#folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  }
}
