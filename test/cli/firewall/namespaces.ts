/** Network namespaces of a test: `tl-fw-<process>-<name>`. They are gone after it, also where a run was killed. */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { requireCommands } from '../../../lab/machine/packages.ts';

const prefix = 'tl-fw-';
const folder = '/run/netns';

function run(command: readonly string[], input?: string): string {
  const [program = '', ...args] = command;
  const path = `${process.env.PATH ?? ''}:/usr/sbin:/sbin`;
  const ran = spawnSync(program, args, { input, encoding: 'utf8', env: { ...process.env, PATH: path } });
  if (ran.status !== 0) throw new Error(`${command.join(' ')}: ${ran.stderr ?? ran.error?.message}`);
  return ran.stdout;
}

function removeAbandoned(): void {
  for (const name of existsSync(folder) ? readdirSync(folder) : []) {
    const [, owner] = new RegExp(`^${prefix}([0-9]+)-`).exec(name) ?? [];
    if (owner !== undefined && !existsSync(`/proc/${owner}`)) spawnSync('ip', ['netns', 'del', name]);
  }
}

let number = 0;

export class Namespaces implements Disposable {
  readonly #made: string[] = [];
  readonly #mark = `${prefix}${process.pid}-${++number}`;
  readonly #end = () => this[Symbol.dispose]();

  constructor() {
    requireCommands(['ip', 'nft', 'nsenter']);
    removeAbandoned();
    process.once('exit', this.#end);
  }

  nameOf = (name: string): string => `${this.#mark}-${name}`;
  pathOf = (name: string): string => `${folder}/${this.nameOf(name)}`;

  /** With loopback up, and packets sent on. */
  add(...names: readonly string[]): void {
    for (const name of names) {
      run(['ip', 'netns', 'add', this.nameOf(name)]);
      this.#made.push(name);
      this.ip(name, 'link set lo up');
      const settings = [
        'net.ipv4.ip_forward=1',
        'net.ipv6.conf.all.forwarding=1',
        'net.ipv6.conf.default.accept_dad=0',
      ];
      this.in(name, ['sysctl', '-qw', ...settings, 'net.ipv6.conf.all.accept_dad=0']);
    }
  }

  /** Lines for `ip -batch`. */
  ip(name: string, ...lines: readonly string[]): void {
    this.in(name, ['ip', '-batch', '-'], `${lines.join('\n')}\n`);
  }

  in(name: string, command: readonly string[], input?: string): string {
    return run(['nsenter', `--net=${this.pathOf(name)}`, ...command], input);
  }

  /** A cable between two of them. */
  cable(a: string, end: string, b: string, other: string): void {
    this.ip(a, `link add ${end} type veth peer name ${other} netns ${this.nameOf(b)}`, `link set ${end} up`);
    this.ip(b, `link set ${other} up`);
  }

  load(name: string, rules: string): void {
    this.in(name, ['nft', '-f', '-'], rules);
  }

  [Symbol.dispose](): void {
    process.off('exit', this.#end);
    for (const name of this.#made.splice(0)) spawnSync('ip', ['netns', 'del', this.nameOf(name)]);
  }
}
