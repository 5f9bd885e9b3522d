/**
 * A machine of its own as far as a program can see: processes, mounts, network, /run and shared memory that nobody else uses. What
 * is left behind in it was left by the one who ran there.
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';

/** Buries orphans, as the first process of a machine does. */
const first = `
mount -t tmpfs -o mode=755 alone /run
mount -t tmpfs -o mode=1777 alone /dev/shm
for all in all default; do echo 0 > /proc/sys/net/ipv6/conf/$all/accept_dad; done
ip link set lo up
ip link add out0 type veth peer name out1
ip addr add 198.51.100.1/24 dev out0
ip link set out0 up
ip link set out1 up
ip route add default via 198.51.100.2
nft add table inet mine
nft add chain inet mine input '{ type filter hook input priority 0; policy accept; }'
nft add rule inet mine input tcp dport 7 accept
iptables -A OUTPUT -p tcp --dport 9 -j ACCEPT
echo ready
while :; do sleep 1000 & wait $!; done
`;

/** All that a lab could leave. Counters go: they count what passes by. */
const traces: Readonly<Record<string, string>> = {
  links: 'ip -o link show | sed -E "s/^[0-9]+: //; s/@if[0-9]+/@/"',
  addresses: 'ip -o addr show | sed -E "s/^[0-9]+: //"',
  routes: 'ip route show table all',
  rules: 'ip rule show',
  nftables: 'nft list ruleset | sed -E "s/counter packets [0-9]+ bytes [0-9]+/counter/"',
  iptables: 'iptables-save | sed -E "/^#/d; s/\\[[0-9]+:[0-9]+\\]//"',
  forwarding: 'sysctl -n net.ipv4.ip_forward 2>/dev/null || cat /proc/sys/net/ipv4/ip_forward',
  // Those of other tests, which were there when this machine was made, may go meanwhile.
  mounts: 'cut -d " " -f 2,3 /proc/self/mounts | grep -Ev "/towline-[a-z]+-|^/run/" | sort',
  namespaces:
    'for one in /proc/[0-9]*; do readlink $one/ns/net $one/ns/mnt $one/ns/pid; done 2>/dev/null | sort -u | wc -l',
  processes:
    'for one in /proc/[0-9]*; do tr "\\0" " " < $one/cmdline | cut -c 1-200; echo; done 2>/dev/null | grep -Ev "^(sh -c for one|tr |cut |grep |sort|sed|sleep 1000)" | grep . | sort',
  files: 'find /run /dev/shm | sort',
  engine:
    'find /etc/docker /opt/containerd /etc/cni 2>/dev/null | sort; sha256sum /etc/hosts /etc/resolv.conf',
};

export type Traces = Readonly<Record<string, string>>;

function firstChild(pid: number): number {
  try {
    return Number(readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ')[0]);
  } catch {
    return 0;
  }
}

export class Alone implements AsyncDisposable {
  readonly #holder: ChildProcess;
  readonly #init: number;

  private constructor(holder: ChildProcess, init: number) {
    this.#holder = holder;
    this.#init = init;
  }

  static async begin(): Promise<Alone> {
    const holder = spawn(
      'unshare',
      [...['--mount', '--net', '--pid', '--fork', '--mount-proc', '--kill-child'], ...['sh', '-ec', first]],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    );
    await once(holder.stdout, 'data');
    return new Alone(holder, firstChild(holder.pid ?? 0));
  }

  /** Words before a command. */
  get words(): string[] {
    return ['nsenter', `--target=${this.#init}`, '--mount', '--net', '--pid', '--'];
  }

  /** Runs a command to its end. */
  run(command: readonly string[], environment: NodeJS.ProcessEnv = process.env) {
    const [program = 'nsenter', ...words] = this.words;
    return spawnSync(program, [...words, ...command], { encoding: 'utf8', env: environment });
  }

  start(command: readonly string[], environment: NodeJS.ProcessEnv = process.env): ChildProcess {
    const [program = 'nsenter', ...words] = this.words;
    return spawn(program, [...words, ...command], { env: environment, stdio: 'ignore' });
  }

  /** To the program that was started; where it has ended, to nobody. */
  signal({ pid = 0 }: ChildProcess, signal: NodeJS.Signals): void {
    // nsenter waits for it, and passes nothing on.
    const child = firstChild(pid);
    if (child !== 0) process.kill(child, signal);
  }

  /** What is there now. */
  traces(): Traces {
    const found = Object.entries(traces).map(([name, script]) => {
      const { stdout } = this.run(['sh', '-c', script]);
      return [name, stdout.trim()] as const;
    });
    return Object.fromEntries(found);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const ended = once(this.#holder, 'exit');
    this.#holder.kill('SIGKILL');
    await ended;
  }
}
