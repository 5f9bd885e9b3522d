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

async function git(
  runner: GitRunner,
  args: readonly string[],
  input: string,
  signal: AbortSignal,
): Promise<string> {
  const output: Buffer[] = [];
  const result = await runner.run(
    {
      lane: 'own',
      arguments: args,
      environment: identity,
      input: Buffer.from(input),
      onOutput: chunk => {
        output.push(chunk);
      },
    },
    signal,
  );
  if (result.code !== 0)
    throw new TowlineError('GATEWAY_GIT_FAILED', `git ${args[2]} failed: ${result.stderr.trim()}`);
  return Buffer.concat(output).toString('utf8').trim();
}

/** One commit with `statement-1.json` and, when a second one came for the same token, `statement-2.json`. */
export async function publishStatements(
  runner: GitRunner,
  repository: string,
  device: string,
  statements: readonly SignedStatement[],
  signal: AbortSignal,
): Promise<void> {
  const run = (args: readonly string[], input = '') =>
    git(runner, ['--git-dir', repository, ...args], input, signal);
  if (statements.length === 0) {
    await run(['update-ref', '-d', enrolmentRef(device)]);
    return;
  }
  const entries: string[] = [];
  for (const [index, statement] of statements.entries()) {
    const blob = await run(['hash-object', '-w', '--stdin'], `${formatSignedStatement(statement)}\n`);
    entries.push(`100644 blob ${blob}\tstatement-${index + 1}.json\n`);
  }
  const tree = await run(['mktree'], entries.join(''));
  const commit = await run(['commit-tree', tree], `Enrolment of ${device}\n`);
  await run(['update-ref', enrolmentRef(device), commit]);
}
