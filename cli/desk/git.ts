/** Runs git. What it says on failure becomes the error's message. */
import { spawn } from 'node:child_process';
import { TowlineError } from '../../core/errors.ts';

export interface GitOptions {
  readonly directory: string;
  readonly input?: string | Uint8Array;
  readonly environment?: Readonly<Record<string, string>>;
  /** git may ask the person (passphrase, password): it keeps the terminal. */
  readonly interactive?: boolean;
  /** Ten minutes unless said otherwise. */
  readonly timeoutMs?: number;
  /** Hears what git says on standard error. */
  readonly onComplaint?: (text: string) => void;
  /** No failure either: `diff --no-index` ends by 1 where something differs. */
  readonly otherCode?: number;
  /** Ends git; the promise settles when it has gone. */
  readonly signal?: AbortSignal;
}

/** More than a clone needs, and a person who looks for a passphrase. */
const defaultTimeoutMs = 600_000;

/** git sets these for its hooks; here the directory decides. */
const ofHooks: ReadonlySet<string> = new Set([
  'GIT_DIR',
  'GIT_WORK_TREE',
  'GIT_INDEX_FILE',
  'GIT_OBJECT_DIRECTORY',
  'GIT_PREFIX',
]);

function environmentOf(options: GitOptions): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(([name]) => !ofHooks.has(name));
  const prompt = options.interactive === true ? '1' : '0';
  return { ...Object.fromEntries(kept), GIT_TERMINAL_PROMPT: prompt, ...options.environment };
}

/** On one line, without the line ends of a terminal (ssh writes them) and git's guess that it adds to what ssh has said. */
const complaintOf = (text: string) =>
  text
    .replace(/\nPlease make sure you have the correct access rights\s+and the repository exists\.\s*$/, '')
    .split(/[\r\n]+/)
    .map(line => line.trimEnd())
    .filter(line => line !== '' && line !== 'fatal: Could not read from remote repository.')
    .join('; ')
    .replace(/^(fatal|error): /, '');

/** A person's setting that would write words of gpg among what is listed. */
const settled = ['-c', 'log.showSignature=false'] as const;

const maxOutputBytes = 64 * 1024 * 1024;

/**
 * @returns standard output
 * @throws TowlineError CLI_GIT; the signal's reason when it was stopped
 */
export async function gitBytes(args: readonly string[], options: GitOptions): Promise<Buffer> {
  const { signal, timeoutMs = defaultTimeoutMs } = options;
  signal?.throwIfAborted();
  const child = spawn('git', [...settled, ...args], {
    cwd: options.directory,
    env: environmentOf(options),
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  // By SIGTERM git removes its lock files.
  const stop = () => child.kill('SIGTERM');
  signal?.addEventListener('abort', stop, { once: true });
  let isLate = false;
  const timer = setTimeout(() => {
    isLate = true;
    stop();
  }, timeoutMs);
  const output: Buffer[] = [];
  let bytes = 0;
  let complaint = '';
  child.stdout.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes > maxOutputBytes) child.kill();
    else output.push(chunk);
  });
  child.stderr.on('data', (chunk: Buffer) => {
    const text = chunk.toString('utf8');
    complaint = (complaint + text).slice(-4096);
    options.onComplaint?.(text);
  });
  child.stdin.on('error', () => undefined);
  child.stdin.end(options.input ?? '');
  const ended = new Promise<[number | null, NodeJS.Signals | null]>((resolve, reject) => {
    child.once('error', cause =>
      reject(
        new TowlineError('CLI_GIT', `git cannot be run: ${cause.message}`, {
          cause,
          details: { started: false },
        }),
      ),
    );
    child.once('close', (code, by) => resolve([code, by]));
    // What git had started (ssh, gpg) may hold the pipes open for long.
    child.once('exit', (code, by) => {
      if (by !== null) resolve([code, by]);
    });
  });
  const [code, by] = await ended.finally(() => {
    clearTimeout(timer);
    signal?.removeEventListener('abort', stop);
    for (const stream of child.stdio) stream?.destroy();
  });
  signal?.throwIfAborted();
  if (code === 0 || (code !== null && code === options.otherCode)) return Buffer.concat(output);
  const said =
    complaintOf(complaint) ||
    (isLate ? `no answer within ${timeoutMs / 1000} s` : `exit ${code ?? `by ${by}`}`);
  throw new TowlineError('CLI_GIT', `git ${args.find(arg => /^[a-z]/.test(arg)) ?? ''}: ${said}`);
}

/** As `gitBytes`, as text without the last newline. */
export async function git(args: readonly string[], options: GitOptions): Promise<string> {
  return (await gitBytes(args, options)).toString('utf8').replace(/\n$/, '');
}
