/** The person of a lab, at a desk on its internet: keys, settings, and the commands they type. Also what is typed from this machine. */
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseDocument } from 'yaml';
import { makeSshPrivateKey, readSshPrivateKey } from '../../core/io/openssh-key.ts';
import { findCommand } from '../machine/packages.ts';
import { bundled, programWords } from '../machine/programs.ts';
import type { Entered, EnteredOptions, EnteredResult } from './entered.ts';
import { keeperEnvironment } from './lab-boot.ts';
import type { LabPlaces } from './lab-places.ts';
import { type LabPlan, ports } from './lab-plan.ts';

/** A change of one YAML file: path of keys → value; undefined takes the key away. */
export type YamlChange = readonly [keys: readonly (string | number)[], value: unknown];

/** A host behind the gateway, as ssh is to know it. */
export interface KnownDevice {
  readonly id: string;
  /** `ssh-ed25519 AAAA…` of its own sshd. */
  readonly hostKey: string;
}

const quoted = (word: string): string =>
  /^[\w@%+=:,./~^-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;

/** A key pair without passphrase: `file` and `file.pub`. @returns the public line */
export function makeKeyPair(file: string, comment: string): string {
  const text = makeSshPrivateKey(comment);
  const { publicLine } = readSshPrivateKey(text);
  writeFileSync(file, text, { mode: 0o600 });
  writeFileSync(`${file}.pub`, `${publicLine} ${comment}\n`);
  return publicLine;
}

function writeCommand(file: string, line: string): void {
  writeFileSync(file, `#!/bin/sh\n${line}\n`);
  chmodSync(file, 0o755);
}

export class Desk {
  readonly name = 'alice';
  /** The clone of the fleet. */
  readonly directory: string;
  readonly #entered: Entered;
  readonly #places: LabPlaces;

  constructor(entered: Entered, places: LabPlaces) {
    this.#entered = entered;
    this.#places = places;
    this.directory = places.fleet;
  }

  get key(): string {
    return path.join(this.#places.home, 'id_ed25519');
  }

  /** Settings of ssh at the desk itself. */
  get sshConfig(): string {
    return path.join(this.#places.home, 'ssh_config');
  }

  /** The same for who types at this machine: the way to a gateway leads into the lab. */
  get outerSshConfig(): string {
    return path.join(this.#places.home, 'ssh_config.outside');
  }

  get environment(): Record<string, string> {
    const { home, authority, commands } = this.#places;
    const kept = keeperEnvironment();
    return {
      ...kept,
      PATH: `${commands}:${kept.PATH ?? ''}`,
      HOME: home,
      TERM: process.env.TERM ?? 'dumb',
      GIT_CONFIG_NOSYSTEM: '1',
      GIT_SSH_COMMAND: `ssh -F ${quoted(this.sshConfig)}`,
      NODE_EXTRA_CA_CERTS: authority,
      NODE_COMPILE_CACHE: path.join(home, '.cache'),
    };
  }

  /** Keys, settings of git, and `towline` as a command. */
  setUp(): void {
    const { home, commands } = this.#places;
    mkdirSync(home, { recursive: true, mode: 0o700 });
    mkdirSync(commands, { recursive: true });
    makeKeyPair(this.key, this.name);
    const settings = [
      `[user]\n\tname = Alice\n\temail = alice@lab.test\n\tsigningKey = ${this.key}.pub`,
      '[gpg]\n\tformat = ssh\n[commit]\n\tgpgSign = true\n[init]\n\tdefaultBranch = main\n[gc]\n\tauto = 0',
    ];
    writeFileSync(path.join(home, '.gitconfig'), `${settings.join('\n')}\n`);
    const words = programWords('towline', []).map(quoted).join(' ');
    const programs = bundled === undefined ? '' : `export TOWLINE_PROGRAMS=${quoted(bundled)}\n`;
    writeCommand(path.join(commands, 'towline'), `${programs}exec ${words} "$@"`);
    writeCommand(path.join(commands, 'ssh'), `exec ${findCommand('ssh')} -F ${quoted(this.sshConfig)} "$@"`);
    this.#setUpOutside();
  }

  /** The same commands for a shell of this machine: \`towline\` goes into the lab for what it does, ssh for the way to a gateway. */
  #setUpOutside(): void {
    const folder = path.join(this.#places.commands, 'outside');
    mkdirSync(folder);
    const { HOME = '', ...variables } = this.environment;
    const set = Object.entries({ ...variables, HOME }).map(([name, value]) => quoted(`${name}=${value}`));
    const enter = this.#entered
      .words('desk', '@')
      .map(word => (word === '--wdns=@' ? '--wdns="$PWD"' : quoted(word)));
    writeCommand(path.join(folder, 'towline'), `exec ${enter.join(' ')} env ${set.join(' ')} towline "$@"`);
    const ssh = `exec ${findCommand('ssh')} -F ${quoted(this.outerSshConfig)} "$@"`;
    writeCommand(path.join(folder, 'ssh'), ssh);
    const lines = {
      GIT_SSH_COMMAND: `ssh -F ${quoted(this.outerSshConfig)}`,
      GIT_CONFIG_GLOBAL: path.join(HOME, '.gitconfig'),
      GIT_CONFIG_NOSYSTEM: '1',
    };
    const exports = Object.entries(lines).map(([name, value]) => `export ${name}=${quoted(value)}`);
    const search = `export PATH=${quoted(folder)}:"$PATH"`;
    writeFileSync(this.#places.environmentFile, `${[...exports, search].join('\n')}\n`);
  }

  /** ssh knows gateways and devices, and believes nobody else. @param keys host key of each gateway, in order */
  writeSshConfig(plan: LabPlan, keys: readonly string[], devices: readonly KnownDevice[]): void {
    const { home } = this.#places;
    const known = path.join(home, 'known_hosts');
    const identity = [`  IdentityFile ${this.key}`];
    const lines = [
      ...['Host *', `  UserKnownHostsFile ${known}`, '  GlobalKnownHostsFile /dev/null'],
      ...['  StrictHostKeyChecking yes', '  BatchMode yes', '  IdentitiesOnly yes', '  IdentityAgent none'],
      ...['  LogLevel ERROR', 'Host gateway', `  HostName ${plan.gateways[0]?.host ?? ''}`],
      ...plan.gateways.flatMap(({ name, host }) => [`Host ${name}`, `  HostName ${host}`]),
      ...['Host gateway gateway-*', `  Port ${ports.people}`, '  User git', ...identity],
      ...devices.flatMap(({ id }) => [`Host ${id}.host`, '  User root', '  ProxyJump gateway', ...identity]),
    ];
    writeFileSync(this.sshConfig, `${lines.join('\n')}\n`);
    const way = this.#entered.words('desk').map(quoted).join(' ');
    // By address: a busybox that is linked statically may not ask for names.
    const outer = plan.gateways.flatMap(({ host, address }) => [
      ...[`Match host ${host}`, `  ProxyCommand ${way} ${findCommand('busybox')} nc ${address} %p`],
    ]);
    writeFileSync(this.outerSshConfig, `${[...lines, ...outer].join('\n')}\n`);
    const hosts = [
      ...plan.gateways.map(({ host }, at) => `[${host}]:${ports.people} ${keys[at] ?? ''}`),
      ...devices.map(({ id, hostKey }) => `${id}.host ${hostKey}`),
    ];
    writeFileSync(known, `${hosts.join('\n')}\n`);
  }

  /** Runs a command in the clone and gives what it said, whatever its exit status. */
  try(command: string, words: readonly string[], options: EnteredOptions = {}): Promise<EnteredResult> {
    return this.#entered.try('desk', [command, ...words], this.#options(options));
  }

  /** As `try`. @throws TowlineError LAB_STEP where it does not exit with 0 */
  run(command: string, words: readonly string[], options: EnteredOptions = {}): Promise<string> {
    return this.#entered.run('desk', [command, ...words], this.#options(options));
  }

  #options(options: EnteredOptions): EnteredOptions {
    const environment = { ...this.environment, ...options.environment };
    return { directory: this.directory, ...options, environment };
  }

  read(file: string): string {
    return readFileSync(path.join(this.directory, file), 'utf8');
  }

  /** Changes values of a YAML file of the clone and leaves the rest of it as it is. */
  edit(file: string, ...changes: readonly YamlChange[]): void {
    const document = parseDocument(this.read(file));
    for (const [keys, value] of changes) {
      if (value === undefined) document.deleteIn(keys);
      else document.setIn(keys, document.createNode(value));
    }
    writeFileSync(path.join(this.directory, file), document.toString({ lineWidth: 0 }));
  }

  /** Commits everything, signed unless said otherwise. @returns the commit's id */
  async commit(
    message: string,
    { signed = true, ...options }: { readonly signed?: boolean; readonly signal?: AbortSignal } = {},
  ): Promise<string> {
    await this.run('git', ['add', '--all'], options);
    const signing = signed ? [] : ['--no-gpg-sign'];
    await this.run('git', ['commit', '--quiet', ...signing, '--message', message], options);
    return (await this.run('git', ['rev-parse', 'HEAD'], options)).trim();
  }
}
