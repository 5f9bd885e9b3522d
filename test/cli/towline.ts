/** Runs the command line as a person does, without a terminal: as a process, or its verbs in this one. */

import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { reportError } from '../../cli/command/report-error.ts';
import { makeProgram, verbOf } from '../../cli/program.ts';
import { commandFolder } from '../../lab/machine/programs.ts';

const command = path.join(commandFolder, 'towline');

export interface Ran {
  readonly code: number | null;
  readonly output: string;
  readonly errors: string;
}

/** git without the machine's own settings, and a person's name. */
const quietGit = {
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_CONFIG_SYSTEM: '/dev/null',
  GIT_AUTHOR_NAME: 'Test',
  GIT_AUTHOR_EMAIL: 'test@example.com',
  GIT_COMMITTER_NAME: 'Test',
  GIT_COMMITTER_EMAIL: 'test@example.com',
};

export function run(
  program: string,
  args: readonly string[],
  environment: Readonly<Record<string, string>>,
  directory: string,
): Promise<Ran> {
  const child = spawn(program, args, {
    cwd: directory,
    env: { ...process.env, ...quietGit, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  let errors = '';
  child.stdout.on('data', (chunk: Buffer) => {
    output += chunk.toString('utf8');
  });
  child.stderr.on('data', (chunk: Buffer) => {
    errors += chunk.toString('utf8');
  });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', code => resolve({ code, output, errors }));
  });
}

/** bin/towline itself: for what a process has of its own, such as its signals, its pipes and the programs it becomes. */
export const towlineProcess = (
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
  directory = tmpdir(),
) => run(command, args, environment, directory);

/** They become another program, which has standard output and the signals to itself. */
const becomesAnother = (args: readonly string[]) =>
  args[0] === 'agent' || (args[0] === 'gateway' && args[1] !== 'init');

let previous: Promise<unknown> = Promise.resolve();

/**
 * A verb, in this process: a process that only loads the command costs more than most verbs do. One at a time, as each has
 * the working directory, the environment and the streams of the process to itself.
 */
export function towline(
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
  directory = tmpdir(),
): Promise<Ran> {
  if (becomesAnother(args)) return towlineProcess(args, environment, directory);
  const turn = previous.then(() => here(args, { ...quietGit, ...environment }, directory));
  previous = turn.catch(() => undefined);
  return turn;
}

/** As cli/main.ts does. */
async function here(
  args: readonly string[],
  environment: Readonly<Record<string, string>>,
  directory: string,
): Promise<Ran> {
  const output = new Heard();
  const errors = new Heard();
  using _ = lent(output, errors, environment, directory);
  const json = args.includes('--json');
  let program: Awaited<ReturnType<typeof makeProgram>> | undefined;
  try {
    program = await makeProgram({ quiet: json, words: args });
    await program.parseAsync(args, { from: 'user' });
  } catch (error) {
    process.exitCode = reportError(error, errors, {
      debug: args.includes('--debug'),
      json,
      environment: process.env,
      verb: verbOf(program, args),
    });
  }
  return { code: Number(process.exitCode ?? 0), output: output.text, errors: errors.text };
}

/** A stream that is no terminal, and keeps what it is told. */
class Heard {
  text = '';

  write(text: string | Uint8Array): boolean {
    this.text += typeof text === 'string' ? text : Buffer.from(text).toString('utf8');
    return true;
  }
}

/** What belongs to the process is the verb's until it has ended. The runner of tests keeps the streams that it has. */
function lent(
  output: Heard,
  errors: Heard,
  environment: Readonly<Record<string, string>>,
  directory: string,
): Disposable {
  const streams = { stdout: output, stderr: errors };
  const before = Object.keys(streams).map(
    name => [name, Object.getOwnPropertyDescriptor(process, name) ?? {}] as const,
  );
  const variables = Object.keys(environment).map(name => [name, process.env[name]] as const);
  const { exitCode } = process;
  const place = process.cwd();
  for (const [name, value] of Object.entries(streams)) {
    Object.defineProperty(process, name, { value, configurable: true });
  }
  Object.assign(process.env, environment);
  process.exitCode = undefined;
  process.chdir(directory);
  return {
    [Symbol.dispose]: () => {
      for (const [name, stream] of before) Object.defineProperty(process, name, stream);
      for (const [name, value] of variables) {
        if (value === undefined) delete process.env[name];
        else process.env[name] = value;
      }
      process.exitCode = exitCode;
      process.chdir(place);
    },
  };
}

export async function git(directory: string, ...args: string[]): Promise<string> {
  const { code, output, errors } = await run('git', args, {}, directory);
  if (code !== 0) throw new Error(`git ${args.join(' ')}: ${errors}`);
  return output.trimEnd();
}

export async function temporaryFolder(): Promise<{ path: string; remove(): Promise<void> }> {
  const folder = await mkdtemp(path.join(tmpdir(), 'tl-cli-'));
  return { path: folder, remove: () => rm(folder, { recursive: true, force: true }) };
}
