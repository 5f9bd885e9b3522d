/** What tests of runbooks stand on: the page that is tried, clones in which people type its lines, and devices that walk. */

import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parse, stringify } from 'yaml';
import { GitCatFileSource } from '../../../core/io/git/git-object-source.ts';
import { ObjectReader } from '../../../core/trust/git/object-reader.ts';
import { openAnchor, type TrustedState, type WalkResult, walk } from '../../../core/trust/walk.ts';
import { commandFolder } from '../../../lab/machine/programs.ts';
import { git, type Ran, run } from '../towline.ts';

const root = path.resolve(import.meta.dirname, '../../..');
const programs = { PATH: `${commandFolder}:${process.env.PATH}` };

/**
 * @param page below docs/
 * @returns a function that gives back a line which stands in that page between backticks, its capital words filled in
 */
export function runbook(page: string): (line: string, words?: Readonly<Record<string, string>>) => string {
  const text = readFileSync(path.join(root, 'docs', page), 'utf8').replaceAll(/\s+/g, ' ');
  return (line, words = {}) => {
    assert.ok(text.includes(`\`${line}\``), `${page} does not say ${line}`);
    return Object.entries(words).reduce((filled, [word, value]) => filled.replaceAll(word, value), line);
  };
}

/** What tests change in a policy. */
export interface PolicyText {
  version: number;
  principals: Record<string, { openpgp?: string[]; ssh?: string[] }>;
  roles: Record<string, { principals: string[]; threshold?: number }>;
  rules?: { paths: string[]; roles: string[] }[];
}

/** A working tree of one person. */
export class Clone {
  readonly directory: string;
  readonly environment: Readonly<Record<string, string>>;

  constructor(directory: string, environment: Readonly<Record<string, string>> = {}) {
    this.directory = directory;
    this.environment = { ...programs, GIT_EDITOR: 'true', ...environment };
  }

  /** A fresh clone of `origin` with hooks, whose commits are signed as `settings` say. */
  static async make(
    origin: string,
    directory: string,
    anchor: string,
    settings: readonly string[],
    environment: Readonly<Record<string, string>> = {},
  ): Promise<Clone> {
    await git(path.dirname(directory), 'clone', '--quiet', origin, directory);
    const clone = new Clone(directory, environment);
    for (const setting of [...settings, 'commit.gpgsign=true']) {
      const [name = '', value = ''] = setting.split(/=(.*)/s);
      await git(directory, 'config', name, value);
    }
    await clone.does(`towline trust hooks --anchor ${anchor}`);
    return clone;
  }

  /** Types a line, whatever it ends with. */
  types(line: string): Promise<Ran> {
    return run('sh', ['-c', line], this.environment, this.directory);
  }

  /** Types a line that must work. @returns what it printed */
  async does(line: string): Promise<string> {
    const { code, output, errors } = await this.types(line);
    assert.equal(code, 0, `${line}\n${output}${errors}`);
    return output.trim();
  }

  read(file: string): string {
    return readFileSync(path.join(this.directory, file), 'utf8');
  }

  /** Changes trust/policy.yaml and raises its version. */
  policy(change: (policy: PolicyText) => void): void {
    const policy = parse(this.read('trust/policy.yaml')) as PolicyText;
    change(policy);
    policy.version += 1;
    writeFileSync(path.join(this.directory, 'trust/policy.yaml'), stringify(policy, { lineWidth: 0 }));
  }

  head(revision = 'HEAD'): Promise<string> {
    return git(this.directory, 'rev-parse', revision);
  }
}

/** What a device remembers, and how it judges main of `origin` whenever it looks. */
export class Follower {
  readonly origin: string;
  readonly anchor: string;
  trusted: TrustedState | undefined;

  constructor(origin: string, anchor: string) {
    this.origin = origin;
    this.anchor = anchor;
  }

  async looks(): Promise<WalkResult> {
    const head = await git(this.origin, 'rev-parse', 'refs/heads/main');
    await using source = new GitCatFileSource(this.origin);
    const reader = new ObjectReader(source);
    const trusted = this.trusted ?? (await openAnchor(reader, this.anchor));
    const result = await walk({ reader, trusted, head, signal: new AbortController().signal });
    this.trusted = result.trusted;
    return result;
  }

  /** It is on main's head, and so is a device that was away from the anchor until now. */
  async follows(head: string): Promise<void> {
    await this.#agrees();
    const { stopped, trusted } = await this.looks();
    assert.deepEqual([stopped?.code, stopped?.message, trusted.commit], [undefined, undefined, head]);
  }

  /** It stays where it was, for this reason, and so does a device that was away from the anchor until now. */
  async staysFor(code: string): Promise<void> {
    const before = this.trusted?.commit;
    const { stopped, trusted } = await this.looks();
    assert.equal(stopped?.code, code, stopped?.message);
    assert.equal(trusted.commit, before);
    await this.#agrees();
  }

  /** One that follows live and one that comes back a year later reach the same verdict. */
  async #agrees(): Promise<void> {
    const live = await this.looks();
    const late = await new Follower(this.origin, this.anchor).looks();
    assert.deepEqual([late.trusted, late.stopped], [live.trusted, live.stopped]);
  }
}
