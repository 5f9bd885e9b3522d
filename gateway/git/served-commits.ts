/**
 * Every commit that devices may know of: main and what it descends from. Whether another object is in the repository, a
 * draft or what was served once, is not to be learnt by asking.
 */
import { TimeLimit } from '../../core/io/time-limit.ts';
import { isObjectId, type ObjectId } from '../../core/trust/git/object-source.ts';
import { CommitSet } from './commit-set.ts';
import type { GitRunner } from './git-runner.ts';

/** A hundred thousand commits take a second. */
const timeoutMs = 120_000;

export class ServedCommits {
  readonly #runner: GitRunner;
  readonly #gitDirectory: string;
  readonly #signal: AbortSignal;
  readonly #which: readonly string[];
  #main: ObjectId | undefined;
  #commits = new CommitSet();

  /** @param which `line`: only first parents, what devices may have trusted. */
  constructor(runner: GitRunner, gitDirectory: string, signal: AbortSignal, which: 'all' | 'line' = 'all') {
    this.#runner = runner;
    this.#gitDirectory = gitDirectory;
    this.#signal = signal;
    this.#which = which === 'line' ? ['--first-parent'] : [];
  }

  has(id: ObjectId): boolean {
    return this.#commits.has(id);
  }

  /**
   * Reads on from where it was; anew where main has been set back. What cannot be read is not known of.
   * @returns false when what was served before is served no more.
   */
  async follow(main: ObjectId | undefined): Promise<boolean> {
    const before = this.#main;
    if (main === before) return true;
    const forward = before !== undefined && main !== undefined && (await this.#isForward(before, main));
    const commits = forward ? this.#commits : new CommitSet();
    if (main !== undefined) await this.#list(forward ? [main, `^${before}`] : [main], id => commits.add(id));
    this.#commits = commits;
    this.#main = main;
    return forward || before === undefined;
  }

  async #isForward(before: ObjectId, main: ObjectId): Promise<boolean> {
    let isLost = false;
    const ended = await this.#list(['--max-count=1', before, `^${main}`], () => {
      isLost = true;
    });
    return ended && !isLost;
  }

  /** @returns whether git came to its end. */
  async #list(args: readonly string[], use: (id: ObjectId) => void): Promise<boolean> {
    let rest = '';
    using limit = new TimeLimit(timeoutMs);
    const { code } = await this.#runner.run(
      {
        lane: 'own',
        arguments: ['--git-dir', this.#gitDirectory, 'rev-list', ...this.#which, ...args, '--'],
        onOutput: chunk => {
          const lines = (rest + chunk.toString('latin1')).split('\n');
          rest = lines.pop() ?? '';
          for (const line of lines) if (isObjectId(line)) use(line);
        },
      },
      AbortSignal.any([this.#signal, limit.signal]),
    );
    return code === 0;
  }
}
