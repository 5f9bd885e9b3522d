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
/** For what it has said before its end, milliseconds. */
const lastWordsMs = 1000;
const maxOutputBytes = 64 * 1024;

const endings: ReadonlySet<NodeJS.Signals> = new Set(['SIGKILL', 'SIGTERM', 'SIGINT', 'SIGHUP']);
/** What was written for another machine, or for a loader that is not here. All else is short at the moment. */
const foreign: ReadonlySet<string | undefined> = new Set(['ENOEXEC', 'ENOENT', 'ELIBBAD']);

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
  // Short of memory, or where the machine goes down, it is ended, and the version has no hand in that.
  if (ended.signal !== null && endings.has(ended.signal)) throw untested(`it was ended by ${ended.signal}`);
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
    signal.throwIfAborted();
    return await output(node, words, tested.longestMs ?? usualMs, signal);
  } catch (error) {
    signal.throwIfAborted();
    if (isThere && foreign.has(errnoOf(error))) throw failed(messageOf(error), error);
    throw untested(`${node} cannot be started: ${messageOf(error)}`, error);
  }
}

function output(
  node: string,
  words: readonly string[],
  longestMs: number,
  signal: AbortSignal,
): Promise<Ended> {
  const { NOTIFY_SOCKET: _manager, WATCHDOG_USEC: _watchdog, ...env } = process.env;
  // A group of its own, so that what it starts ends with it.
  const child = spawn(node, [...words], { stdio: ['ignore', 'pipe', 'pipe'], env, detached: true });
  const into: Record<'output' | 'errors', Buffer[]> = { output: [], errors: [] };
  let bytes = 0;
  let isLate = false;
  const kill = (): void => {
    endGroup(child.pid);
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
    child.once('exit', () => {
      kill();
      // One that has left the group may hold the other ends for ever.
      setTimeout(() => {
        child.stdout.destroy();
        child.stderr.destroy();
      }, lastWordsMs).unref();
    });
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

function endGroup(pid: number | undefined): void {
  try {
    if (pid !== undefined) process.kill(-pid, 'SIGKILL');
  } catch {
    // There is nobody left.
  }
}
