/** A Podman of a Debian suite, as a service on a socket of its own: everything it has lies in one folder, and goes with it. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Daemon } from './daemon.ts';
import { pingEngine } from './ping-engine.ts';
import { insideRoot, suiteRoot } from './suite-root.ts';

const readyTimeoutMs = 60_000;
/** crun would not have the control groups of some machines. */
const packages = ['podman', 'netavark', 'aardvark-dns', 'nftables', 'iptables', 'runc'];

export class OwnPodman implements AsyncDisposable {
  readonly root: string;
  readonly socket: string;
  readonly #folder = mkdtempSync(path.join(tmpdir(), 'towline-podman-'));
  #daemon: Daemon | undefined;

  static async start(suite: 'bookworm' | 'trixie'): Promise<OwnPodman> {
    const podman = new OwnPodman(suiteRoot(suite, `podman-${suite}`, packages));
    await podman.#up();
    return podman;
  }

  private constructor(root: string) {
    this.root = root;
    this.socket = path.join(this.#folder, 'podman.sock');
  }

  async #up(): Promise<void> {
    const [command = '', ...words] = this.command(['system', 'service', '--time=0', `unix://${this.socket}`]);
    this.#daemon = new Daemon({ command, arguments: words, log: path.join(this.#folder, 'log') });
    const answers = async () => (await pingEngine(this.socket)) === 'answers';
    if (await this.#daemon.until(answers, readyTimeoutMs)) return;
    const said = this.#daemon.lastWords();
    await this[Symbol.asyncDispose]();
    throw new Error(`Podman does not come up on this machine:\n${said}`);
  }

  /** Podman's own command, for what this service has. */
  command(words: readonly string[]): string[] {
    const folders = ['storage', 'run', 'tmp'].map(name => path.join(this.#folder, name));
    const options = ['--root', '--runroot', '--tmpdir'].flatMap((name, at) => [name, folders[at] ?? '']);
    const fixed = ['--cgroup-manager=cgroupfs', '--events-backend=file', '--runtime', '/usr/sbin/runc'];
    const network = [
      '--network-backend=netavark',
      '--network-config-dir',
      path.join(this.#folder, 'networks'),
    ];
    // Its own would be above what some machines let a process have.
    const settings = path.join(this.#folder, 'containers.conf');
    if (!existsSync(settings))
      writeFileSync(settings, '[containers]\ndefault_ulimits = ["nofile=4096:4096", "nproc=4096:4096"]\n');
    return insideRoot(this.root, [
      'busybox',
      'env',
      `CONTAINERS_CONF=${settings}`,
      'podman',
      ...options,
      ...fixed,
      ...network,
      ...words,
    ]);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const [command = '', ...words] = this.command(['rm', '--all', '--force', '--time=0']);
    spawnSync(command, words, { stdio: 'ignore', timeout: readyTimeoutMs });
    await this.#daemon?.stop();
    const mounted = readFileSync('/proc/self/mounts', 'utf8')
      .split('\n')
      .map(line => line.split(' ')[1] ?? '');
    for (const mount of mounted.filter(name => name.startsWith(`${this.#folder}/`)).reverse())
      spawnSync('umount', ['-l', mount], { stdio: 'ignore' });
    rmSync(this.#folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
  }
}
