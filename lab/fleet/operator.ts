/** The person of the story: a signing key, an SSH key, a working copy, and the commands they type. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseDocument } from 'yaml';
import { makeKeyFile } from '../rig/key-file.ts';
import { type GpgKey, makeGpgKey } from '../rig/keys.ts';
import type { Narrator } from './narrator.ts';
import type { RunOptions, RunResult, Workspace } from './workspace.ts';

/** A change of one YAML file: path of keys → value; undefined takes the key away. */
export type YamlChange = readonly [keys: readonly (string | number)[], value: unknown];

export class Operator {
  readonly name = 'alice';
  /** Working copy of the fleet's repository. */
  readonly directory: string;
  readonly sshKey: string;
  readonly gpg: GpgKey;
  readonly #workspace: Workspace;
  readonly #narrator: Narrator;

  private constructor(workspace: Workspace, narrator: Narrator, gpg: GpgKey, sshKey: string) {
    this.#workspace = workspace;
    this.#narrator = narrator;
    this.directory = workspace.path('fleet');
    this.gpg = gpg;
    this.sshKey = sshKey;
  }

  static async make(workspace: Workspace, narrator: Narrator): Promise<Operator> {
    const sshKey = path.join(workspace.makeFolder('alice'), 'id_ed25519');
    const [gpg] = await Promise.all([makeGpgKey({ name: 'alice' }), makeKeyFile(sshKey)]);
    return new Operator(workspace, narrator, gpg, sshKey);
  }

  /** Environment of this person's commands. */
  get environment(): Record<string, string> {
    return { ...this.gpg.environment, GIT_SSH_COMMAND: `ssh -F ${this.sshConfig}` };
  }

  /** Written by the rig once the gateway's address and host key are known. */
  get sshConfig(): string {
    return path.join(path.dirname(this.sshKey), 'config');
  }

  /** Runs a command in the working copy, as the person sees it: the line, then what it said. */
  async shell(command: string, args: readonly string[], options: RunOptions = {}): Promise<RunResult> {
    this.#narrator.command(typedLine(command, args));
    const result = await this.quietly(command, args, options);
    this.#narrator.output(`${result.stdout}${result.stderr}`);
    return result;
  }

  /** As `shell`, without a word. */
  quietly(command: string, args: readonly string[], options: RunOptions = {}): Promise<RunResult> {
    const environment = { ...this.environment, ...options.environment };
    return this.#workspace.try(command, args, { directory: this.directory, ...options, environment });
  }

  /** git in the working copy; gives its output. @throws Error where it fails. */
  async git(...args: readonly string[]): Promise<string> {
    const result = await this.quietly('git', args);
    if (result.code !== 0) throw new Error(`${result.command}: exit ${result.code}\n${result.stderr}`);
    return result.stdout.trim();
  }

  read(file: string): string {
    return readFileSync(path.join(this.directory, file), 'utf8');
  }

  write(file: string, content: string): void {
    mkdirSync(path.dirname(path.join(this.directory, file)), { recursive: true });
    writeFileSync(path.join(this.directory, file), content);
  }

  /** Changes values of a YAML file and leaves the rest of it as it is. */
  edit(file: string, ...changes: readonly YamlChange[]): void {
    const document = parseDocument(this.read(file));
    for (const [keys, value] of changes) {
      if (value === undefined) document.deleteIn(keys);
      else document.setIn(keys, document.createNode(value));
    }
    this.write(file, document.toString({ lineWidth: 0 }));
  }

  /** Commits everything, signed unless said otherwise. @returns the commit's id. */
  async commit(message: string, options: { readonly signed?: boolean } = {}): Promise<string> {
    await this.git('add', '--all');
    const signing = options.signed === false ? ['--no-gpg-sign'] : ['--gpg-sign'];
    await this.git('commit', '--quiet', ...signing, '--message', message);
    return this.git('rev-parse', 'HEAD');
  }

  /** Pushes main to the gateway. `unchecked` goes past the hook that asks what devices would say. */
  push(options: { readonly unchecked?: boolean; readonly quiet?: boolean } = {}): Promise<RunResult> {
    const args = ['push', ...(options.unchecked ? ['--no-verify'] : []), 'gateway', 'main'];
    return options.quiet ? this.quietly('git', args) : this.shell('git', args);
  }

  async remove(): Promise<void> {
    await this.gpg.remove();
  }
}

/** As somebody types it in a shell. */
export const typedLine = (command: string, words: readonly string[]): string =>
  [command, ...words].map(quoted).join(' ');

const quoted = (word: string) =>
  /^[\w@%+=:,./~^-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
