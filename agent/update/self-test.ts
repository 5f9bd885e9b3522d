/** Runs a version beside the one that runs, to look whether it could take over: its own program says so, by its own Node. */
import { spawn } from 'node:child_process';
import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import path from 'node:path';
import { errnoOf, messageOf } from '../../core/errors/cause.ts';
import { TowlineError } from '../../core/errors.ts';
import { fieldsIn } from '../../core/json.ts';
import { printable } from '../../core/shown-text.ts';

export interface Tested {
  /** That its programs lie in. */
  readonly folder: string;
  /** Of the package: its Node runs what has none of its own. */
  readonly packageFolder: string;
  readonly version: string;
  readonly configFile: string;
  /** Half a minute unless said otherwise, milliseconds. */
  readonly longestMs?: number;
}

/** What `agent.js self-test` exits with where something is away that the version has no hand in, such as the engine. */
export const awayExitCode = 3;
const usualMs = 30_000;
const maxOutputBytes = 64 * 1024;

interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly output: Buffer;
  readonly errors: Buffer;
  readonly isLate: boolean;
}

/** @throws TowlineError AGENT_UPDATE_SELF_TEST, AGENT_UPDATE_UNTESTED where nothing is said against it; the signal's reason */
export async function selfTest(tested: Tested, signal: AbortSignal): Promise<void> {
  const ended = await run(tested, signal);
  signal.throwIfAborted();
  const { code, output, errors, isLate } = ended;
  const said = printable(Buffer.concat([errors, output]).toString('utf8').trim().slice(0, 400));
  const words = said === '' ? '' : `: ${said}`;
  if (isLate) throw untested(`it took too long${words}`);
  // Short of memory it is killed, and the version has no hand in that.
  if (ended.signal === 'SIGKILL') throw untested('it was killed');
  if (code === awayExitCode) throw untested(words.slice(2));
  if (code !== 0) throw failed(`it ended with ${code ?? ended.signal}${words}`);
  const { version } = fieldsIn(output);
  if (version !== tested.version)
    throw failed(`it says that it is ${printable(String(version)).slice(0, 100)}`);
}

const untested = (why: string, cause?: unknown): TowlineError =>
  new TowlineError('AGENT_UPDATE_UNTESTED', `the self-test came to no end: ${why}`, { cause });

const failed = (why: string, cause?: unknown): TowlineError =>
  new TowlineError('AGENT_UPDATE_SELF_TEST', `the self-test failed: ${why}`, { cause });

/** As deploy/launch finds it. */
async function nodeOf({ folder, packageFolder }: Tested): Promise<string> {
  for (const node of [path.join(folder, 'node'), path.join(packageFolder, 'node')])
    if (
      await access(node).then(
        () => true,
        () => false,
      )
    )
      return node;
  return 'node';
}

async function run(tested: Tested, signal: AbortSignal): Promise<Ended> {
  const node = await nodeOf(tested);
  const isThere = node !== 'node';
  if (
    isThere &&
    !(await access(node, constants.X_OK).then(
      () => true,
      () => false,
    ))
  )
    throw untested(`${node} may not be executed: is its file system mounted with noexec?`);
  const program = path.join(tested.folder, 'agent.js');
  const words = [program, 'self-test', '--json', '--config', tested.configFile];
  try {
    return await output(node, words, tested.longestMs ?? usualMs, signal);
  } catch (error) {
    signal.throwIfAborted();
    if (errnoOf(error) === 'EACCES') throw untested(`${node} may not be executed`, error);
    throw failed(messageOf(error), error);
  }
}

function output(
  node: string,
  words: readonly string[],
  longestMs: number,
  signal: AbortSignal,
): Promise<Ended> {
  const { NOTIFY_SOCKET: _manager, WATCHDOG_USEC: _watchdog, ...env } = process.env;
  const child = spawn(node, [...words], { stdio: ['ignore', 'pipe', 'pipe'], env });
  const into: Record<'output' | 'errors', Buffer[]> = { output: [], errors: [] };
  let bytes = 0;
  let isLate = false;
  const kill = (): void => {
    child.kill('SIGKILL');
  };
  const timer = setTimeout(() => {
    isLate = true;
    kill();
  }, longestMs);
  signal.addEventListener('abort', kill, { once: true });
  const take = (into: Buffer[]) => (piece: Buffer) => {
    bytes += piece.length;
    if (bytes > maxOutputBytes) kill();
    else into.push(piece);
  };
  child.stdout.on('data', take(into.output));
  child.stderr.on('data', take(into.errors));
  return new Promise<Ended>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, killed) =>
      resolve({
        ...{ code, signal: killed, isLate },
        output: Buffer.concat(into.output),
        errors: Buffer.concat(into.errors),
      }),
    );
  }).finally(() => {
    clearTimeout(timer);
    signal.removeEventListener('abort', kill);
  });
}
