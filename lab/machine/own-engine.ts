/** A dockerd of our own: everything it has lies in one folder, and goes with it. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import Docker from 'dockerode';
import { Daemon } from './daemon.ts';
import { engineStacks } from './engine-stacks.ts';
import { findCommand } from './packages.ts';
import { pingEngine } from './ping-engine.ts';
import { killAll, processesOf } from './processes.ts';
import { insideRoot } from './suite-root.ts';

const folderPrefix = 'towline-engine-';
const readyTimeoutMs = 120_000;
const stopGraceMs = 15_000;

/** Runs one of busybox's applets, so that neither iproute2 nor mount need be installed. */
function applet(...words: string[]): boolean {
  return spawnSync(findCommand('busybox') ?? 'busybox', words, { stdio: 'ignore' }).status === 0;
}

/** A bridge's name from the folder's random part; interface names have at most 15 characters. */
const bridgeOf = (folder: string) => `twl-${path.basename(folder).slice(folderPrefix.length).toLowerCase()}`;

/** The network `10.<200…249>.<0…255>.1/24` that no interface has yet. */
function makeBridge(name: string): boolean {
  if (!applet('ip', 'link', 'add', name, 'type', 'bridge')) return false;
  const taken = spawnSync(findCommand('busybox') ?? 'busybox', ['ip', 'addr'], { encoding: 'utf8' }).stdout;
  for (let second = 200; second < 250; second++) {
    const network = `10.${second}.${process.pid % 256}`;
    if (taken.includes(`inet ${network}.`)) continue;
    return (
      applet('ip', 'addr', 'add', `${network}.1/24`, 'dev', name) && applet('ip', 'link', 'set', name, 'up')
    );
  }
  return false;
}

/** Without any cgroup hierarchy (a bare container, no init) the daemon gets one in a mount namespace of its own. */
function withCgroups(command: string[]): string[] {
  const mounted = readFileSync('/proc/self/mountinfo', 'utf8').includes(' - cgroup');
  if (mounted) return command;
  return [
    'unshare',
    '--mount',
    'sh',
    '-c',
    'mount -t cgroup2 none /sys/fs/cgroup && exec "$@"',
    'sh',
    ...command,
  ];
}

/** Which engine it is; the machine's own unless a root of another suite is named. */
export interface EngineKind {
  /** As `suiteRoot` has made it. */
  readonly root?: string;
  /** Of its daemon.json. */
  readonly settings?: object;
  /** Name of the network namespace in which it runs, as an engine does on a machine: with rules and bridges of its own. */
  readonly namespace?: string;
  /** Before it starts. @param data folder in which it keeps all */
  readonly prepare?: (data: string) => void;
}

const withoutRules = ['--iptables=false', '--ip6tables=false', '--ip-masq=false', '--ip-forward=false'];

interface Launched {
  /** Undefined: as the daemon makes one. */
  readonly bridge: string | undefined;
  readonly root: string | undefined;
  readonly namespace: string | undefined;
}

function daemonCommand(folder: string, { bridge, root, namespace }: Launched): string[] {
  const program = root === undefined ? (findCommand('dockerd') ?? 'dockerd') : 'dockerd';
  const command = [
    program,
    `--host=unix://${path.join(folder, 'docker.sock')}`,
    `--data-root=${path.join(folder, 'data')}`,
    `--exec-root=${path.join(folder, 'exec')}`,
    `--pidfile=${path.join(folder, 'docker.pid')}`,
    // /etc/docker/daemon.json is another daemon's, and its options may contradict ours.
    `--config-file=${path.join(folder, 'daemon.json')}`,
    ...(bridge === undefined ? [] : [`--bridge=${bridge}`, ...withoutRules]),
    '--log-level=warn',
  ];
  // `ip netns exec` would mount another /sys, without control groups.
  const inside = namespace === undefined ? [] : ['nsenter', `--net=/run/netns/${namespace}`];
  return [...inside, ...withCgroups(root === undefined ? command : insideRoot(root, command))];
}

function processWith(pidFile: string, word: string): number | undefined {
  try {
    const pid = Number(readFileSync(pidFile, 'utf8').trim());
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(word) ? pid : undefined;
  } catch {
    return undefined;
  }
}

/** Ends what is left of an engine and its containers, unmounts and removes its folder and bridge. */
function sweep(folder: string): void {
  killAll(processesOf(folder));
  const mounts = readFileSync('/proc/self/mounts', 'utf8')
    .split('\n')
    .map(line => line.split(' ')[1] ?? '');
  for (const mount of mounts.filter(mount => mount.startsWith(`${folder}/`)).reverse())
    applet('umount', '-l', mount);
  rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
  applet('ip', 'link', 'del', bridgeOf(folder));
}

/** Sweeps engines whose owner was killed before it could stop them. */
export async function removeAbandonedEngines(): Promise<void> {
  for (const name of readdirSync(tmpdir()).filter(name => name.startsWith(folderPrefix))) {
    const folder = path.join(tmpdir(), name);
    const owner = existsSync(path.join(folder, 'owner'))
      ? readFileSync(path.join(folder, 'owner'), 'utf8')
      : '';
    if (owner !== '' && !existsSync(`/proc/${owner}`)) sweep(folder);
  }
}

export class OwnEngine {
  readonly own = true;
  readonly socket: string;
  readonly #folder: string;
  readonly #endWithUs: () => void;
  readonly #launched: Launched;
  #daemon: Daemon;

  private constructor(folder: string, daemon: Daemon, launched: Launched) {
    this.#folder = folder;
    this.#launched = launched;
    this.#daemon = daemon;
    this.socket = path.join(folder, 'docker.sock');
    this.#endWithUs = () => sweep(folder);
    process.once('exit', this.#endWithUs);
  }

  static async start({ root, settings = {}, prepare, namespace }: EngineKind = {}): Promise<OwnEngine> {
    const folder = mkdtempSync(path.join(tmpdir(), folderPrefix));
    writeFileSync(path.join(folder, 'owner'), String(process.pid));
    writeFileSync(path.join(folder, 'daemon.json'), `${JSON.stringify(settings)}\n`);
    prepare?.(path.join(folder, 'data'));
    const here = () => (makeBridge(bridgeOf(folder)) ? bridgeOf(folder) : 'none');
    const launched = { bridge: namespace === undefined ? here() : undefined, root, namespace };
    const engine = new OwnEngine(folder, OwnEngine.#launch(folder, launched), launched);
    if (await engine.#daemon.until(() => engine.#answers(), readyTimeoutMs)) return engine;
    const words = engine.#daemon.lastWords();
    await engine.stop();
    throw new Error(`a Docker daemon of our own does not come up on this machine:\n${words}`);
  }

  static #launch(folder: string, launched: Launched): Daemon {
    const [command = 'dockerd', ...rest] = daemonCommand(folder, launched);
    const sbin = `${process.env.PATH ?? ''}:/usr/local/sbin:/usr/sbin:/sbin`;
    const environment = { ...process.env, PATH: sbin };
    return new Daemon({ command, arguments: rest, log: path.join(folder, 'log'), environment });
  }

  /** The daemon's process id: for tests that kill it. */
  get pid(): number | undefined {
    return processWith(path.join(this.#folder, 'docker.pid'), this.#folder);
  }

  /** What it waits for, where it no longer answers: at most some 200 lines. */
  async stacks(): Promise<string> {
    const { pid } = this;
    return pid === undefined ? 'it has no process' : await engineStacks(pid, path.join(this.#folder, 'exec'));
  }

  /** Removes its containers (a stop of each would take seconds), ends daemon and containerd, removes all it kept. */
  async stop(): Promise<void> {
    if (this.#daemon.running) await this.#removeAll().catch(() => undefined);
    await this.#daemon.stop(stopGraceMs);
    sweep(this.#folder);
    process.off('exit', this.#endWithUs);
  }

  /** Ends the daemon alone, as `signal` does; containers and images stay on the disk. */
  async down(signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
    this.#daemon.signal(signal);
    await this.#daemon.ended();
  }

  /** The daemon again, on the same socket and data, after `down`. */
  async up(): Promise<void> {
    // The kernel ends a killed daemon's containerd; until init has reaped it, the new one would wait for it.
    for (const pidFile of ['docker.pid', 'exec/containerd/containerd.pid']) {
      rmSync(path.join(this.#folder, pidFile), { force: true });
    }
    this.#daemon = OwnEngine.#launch(this.#folder, this.#launched);
    if (await this.#daemon.until(() => this.#answers(), readyTimeoutMs)) return;
    throw new Error(`the Docker daemon does not come up again:\n${this.#daemon.lastWords()}`);
  }

  async #answers(): Promise<boolean> {
    return (await pingEngine(this.socket)) === 'answers';
  }

  async #removeAll(): Promise<void> {
    const docker = new Docker({ socketPath: this.socket, timeout: stopGraceMs });
    const containers = await docker.listContainers({ all: true });
    await Promise.allSettled(containers.map(({ Id }) => docker.getContainer(Id).remove({ force: true })));
    // A network's bridge would outlive the daemon.
    const networks = await docker.listNetworks({ filters: { type: ['custom'] } });
    await Promise.allSettled(networks.map(({ Id }) => docker.getNetwork(Id).remove()));
  }
}
