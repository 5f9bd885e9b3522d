/** Runs git. What it says on failure becomes the error's message. */
import { spawn } from 'node:child_process';
import { TowlineError } from '../core/errors.ts';

export interface GitOptions {
  readonly directory: string;
  readonly input?: string | Uint8Array;
  readonly environment?: Readonly<Record<string, string>>;
  /** git may ask the person (passphrase, password): it keeps the terminal. */
  readonly interactive?: boolean;
  readonly timeoutMs?: number;
}

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

/** Without the line ends of a terminal (ssh writes them) and git's guess that it adds to what ssh has said. */
const complaintOf = (text: string) =>
  text
    .replace(/\nPlease make sure you have the correct access rights\s+and the repository exists\.\s*$/, '')
    .split(/[\r\n]+/)
    .map(line => line.trimEnd())
    .filter(line => line !== '' && line !== 'fatal: Could not read from remote repository.')
    .join('\n')
    .replace(/^(fatal|error): /, '');

const silence = (code: number | null, timeoutMs: number | undefined) =>
  code === null && timeoutMs !== undefined
    ? `no answer within ${timeoutMs / 1000} s`
    : `exit ${code ?? 'by a signal'}`;

const maxOutputBytes = 64 * 1024 * 1024;

/**
 * @returns standard output
 * @throws TowlineError CLI_GIT
 */
export async function gitBytes(args: readonly string[], options: GitOptions): Promise<Buffer> {
  const child = spawn('git', args, {
    cwd: options.directory,
    env: environmentOf(options),
    stdio: ['pipe', 'pipe', 'pipe'],
    ...(options.timeoutMs === undefined ? {} : { timeout: options.timeoutMs }),
  });
  const output: Buffer[] = [];
  let bytes = 0;
  let complaint = '';
  child.stdout.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes > maxOutputBytes) child.kill();
    else output.push(chunk);
  });
  child.stderr.on('data', (chunk: Buffer) => {
    complaint = (complaint + chunk.toString('utf8')).slice(-4096);
  });
  child.stdin.on('error', () => undefined);
  child.stdin.end(options.input ?? '');
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', cause =>
      reject(new TowlineError('CLI_GIT', `git cannot be run: ${cause.message}`, { cause })),
    );
    child.once('close', resolve);
  });
  if (code === 0) return Buffer.concat(output);
  const said = complaintOf(complaint) || silence(code, options.timeoutMs);
  throw new TowlineError('CLI_GIT', `git ${args.find(arg => /^[a-z]/.test(arg)) ?? ''}: ${said}`);
}

/** As `gitBytes`, as text without the last newline. */
export async function git(args: readonly string[], options: GitOptions): Promise<string> {
  return (await gitBytes(args, options)).toString('utf8').replace(/\n$/, '');
}
