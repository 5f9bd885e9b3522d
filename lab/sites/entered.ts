/** Commands of this machine that run inside of a lab: in its processes, its mounts, and the network of one of its parts. */
import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { TowlineError } from '../../core/errors.ts';
import type { LabPlaces } from './lab-places.ts';

export interface EnteredOptions {
  readonly environment?: NodeJS.ProcessEnv;
  readonly directory?: string;
  readonly input?: string;
  /** A command that has not ended by then is killed. Default five minutes. */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
}

export interface EnteredResult {
  readonly command: string;
  /** 128 where a signal ended it. */
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

const defaultTimeoutMs = 300_000;
const shownBytes = 4096;
const searchPath = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

export class Entered {
  readonly #init: number;
  readonly #places: LabPlaces;

  /** @param init process id, on this machine, of the first process of the lab */
  constructor(init: number, places: LabPlaces) {
    this.#init = init;
    this.#places = places;
  }

  /** A path inside of the lab, as it is reached from this machine. */
  path(within: string): string {
    return `/proc/${this.#init}/root${within}`;
  }

  /** Words before a command: in the network of `part`. What they start ends with them. */
  words(part: string, directory = '/'): string[] {
    const network =
      part === 'internet'
        ? `--net=/proc/${this.#init}/ns/net`
        : `--net=${this.path(this.#places.network(part))}`;
    return [
      ...['nsenter', `--target=${this.#init}`, '--mount', '--pid', network, `--wdns=${directory}`],
      ...['--', 'setpriv', '--pdeathsig', 'KILL', '--'],
    ];
  }

  spawn(
    part: string,
    command: readonly string[],
    options: SpawnOptions & Pick<EnteredOptions, 'environment' | 'directory'>,
  ): ChildProcess {
    const { environment = process.env, directory, ...rest } = options;
    // nsenter waits for what it has started: where whoever started it is killed, both must go.
    const [program = 'setpriv', ...words] = [
      'setpriv',
      '--pdeathsig',
      'KILL',
      '--',
      ...this.words(part, directory),
    ];
    // What is loaded before a program is for that program: on this machine it would leave files behind.
    const { LD_PRELOAD, ...variables } = environment;
    const preload = LD_PRELOAD === undefined ? [] : ['env', `LD_PRELOAD=${LD_PRELOAD}`];
    const env = { ...variables, PATH: `${variables.PATH ?? ''}:${searchPath}` };
    return spawn(program, [...words, ...preload, ...command], { ...rest, env });
  }

  /** Runs a command and gives what it said, whatever its exit status. */
  async try(part: string, command: readonly string[], options: EnteredOptions = {}): Promise<EnteredResult> {
    const { input = '', timeoutMs = defaultTimeoutMs, signal } = options;
    const child = this.spawn(part, command, {
      ...options,
      stdio: ['pipe', 'pipe', 'pipe'],
      timeout: timeoutMs,
      killSignal: 'SIGKILL',
      ...(signal === undefined ? {} : { signal }),
    });
    child.stdin?.on('error', () => undefined);
    child.stdin?.end(input);
    const ended = new Promise<number>((resolve, reject) => {
      child.once('error', reject);
      child.once('close', code => resolve(code ?? 128));
    });
    const read = (stream: NodeJS.ReadableStream | null) => (stream === null ? '' : text(stream));
    const [stdout, stderr, code] = await Promise.all([read(child.stdout), read(child.stderr), ended]);
    return { command: command.join(' '), code, stdout, stderr };
  }

  /** As `try`. @throws TowlineError LAB_STEP where it does not exit with 0 */
  async run(part: string, command: readonly string[], options: EnteredOptions = {}): Promise<string> {
    const result = await this.try(part, command, options);
    if (result.code !== 0) throw stepFailed(part, result);
    return result.stdout;
  }
}

function stepFailed(part: string, { command, code, stdout, stderr }: EnteredResult): TowlineError {
  const said = `${stdout}${stderr}`.trim().slice(-shownBytes);
  return new TowlineError('LAB_STEP', `${part}: ${command.slice(0, 200)}: exit ${code}\n${said}`);
}
