/** Statements as a ref of telemetry.git, so that people read them with stock git. */
import { formatSignedStatement, type SignedStatement } from '../../core/enrolment/statement.ts';
import { TowlineError } from '../../core/errors.ts';
import type { GitRunner } from '../git/git-runner.ts';

export function enrolmentRef(device: string): string {
  return `refs/heads/enrolment/${device}`;
}

/** The identity under which the gateway writes; nothing trusts it. */
const identity = {
  GIT_AUTHOR_NAME: 'towline gateway',
  GIT_AUTHOR_EMAIL: 'gateway@towline.invalid',
  GIT_COMMITTER_NAME: 'towline gateway',
  GIT_COMMITTER_EMAIL: 'gateway@towline.invalid',
};

/** Shows statements to people, and takes them away again. */
export class EnrolmentRefs {
  readonly #runner: GitRunner;
  readonly #repository: string;
  readonly #signal: AbortSignal;

  constructor(runner: GitRunner, repository: string, signal: AbortSignal) {
    this.#runner = runner;
    this.#repository = repository;
    this.#signal = signal;
  }

  /** One commit with `statement-1.json` and, when a second one came for the same token, `statement-2.json`. */
  async publish(device: string, statements: readonly SignedStatement[]): Promise<void> {
    if (statements.length === 0) {
      await this.#git(['update-ref', '-d', enrolmentRef(device)]);
      return;
    }
    const entries: string[] = [];
    for (const [index, statement] of statements.entries()) {
      const blob = await this.#git(['hash-object', '-w', '--stdin'], `${formatSignedStatement(statement)}\n`);
      entries.push(`100644 blob ${blob}\tstatement-${index + 1}.json\n`);
    }
    const tree = await this.#git(['mktree'], entries.join(''));
    const commit = await this.#git(['commit-tree', tree], `Enrolment of ${device}\n`);
    await this.#git(['update-ref', enrolmentRef(device), commit]);
  }

  async #git(args: readonly string[], input = ''): Promise<string> {
    const output: Buffer[] = [];
    const result = await this.#runner.run(
      {
        lane: 'own',
        arguments: ['--git-dir', this.#repository, ...args],
        environment: identity,
        input: Buffer.from(input),
        onOutput: chunk => {
          output.push(chunk);
        },
      },
      this.#signal,
    );
    if (result.code !== 0)
      throw new TowlineError('GATEWAY_GIT_FAILED', `git ${args[0]} failed: ${result.stderr.trim()}`);
    return Buffer.concat(output).toString('utf8').trim();
  }
}
