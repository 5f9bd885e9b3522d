/** The forge, by simple-git: what its refs are, a bounded fetch into a quarantine, a push with lease. */

import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { simpleGit } from 'simple-git';
import { messageOf } from '../../core/errors/cause.ts';
import { TowlineError } from '../../core/errors.ts';
import { withMemoryLimit } from '../../core/io/memory-limit.ts';
import { TimeLimit } from '../../core/io/time-limit.ts';
import { isObjectId, type ObjectId } from '../../core/trust/git/object-source.ts';
import { maxGitMemoryBytes } from '../git/git-settings.ts';
import { forgeEnvironment } from './forge-environment.ts';
import { makeQuarantine, type Quarantine, sizeOf } from './quarantine.ts';
import type { UpstreamSettings } from './upstream-settings.ts';

/** One ref to be written at the forge. */
export interface ForgePush {
  readonly ref: string;
  readonly id: ObjectId;
  /** What the forge had a moment ago: anything else, and it is left. */
  readonly expected: ObjectId | undefined;
}

/** A forge that lists more than this lists nonsense, bytes. */
const maxListBytes = 4 * 1024 * 1024;
/** Memory of git while it lists them: it keeps them all before it says the first, bytes. */
const maxListMemoryBytes = 96 * 1024 * 1024;
/** git may stay silent this long, milliseconds. */
const silenceMs = 60_000;
const watchMs = 200;
/** What git says when the bytes are wrong, not the way to them. */
const garbage =
  /fsck|index-pack|unpack-objects|bad pack|inflate|corrupt|malformed|did not send all necessary objects|protocol error|bad line length|invalid|missing (?:blob|tree|commit)|out of memory/i;

interface RunOptions {
  readonly code?: 'GATEWAY_UPSTREAM_PUSH_FAILED';
  readonly maxMemoryBytes?: number;
}

export class Forge {
  readonly #settings: UpstreamSettings;
  readonly #folder: string;

  /** @param folder for quarantines, beside the repositories; it is emptied. */
  constructor(settings: UpstreamSettings, folder: string) {
    this.#settings = settings;
    this.#folder = folder;
  }

  /** The forge's refs that concern us. @throws TowlineError GATEWAY_UPSTREAM_UNREACHABLE, GATEWAY_UPSTREAM_GARBAGE */
  async refs(patterns: readonly string[], signal: AbortSignal): Promise<Map<string, ObjectId>> {
    await mkdir(this.#folder, { recursive: true, mode: 0o700 });
    const answer = await this.#run(
      this.#folder,
      signal,
      git => git(['ls-remote', '--refs', '--', this.#settings.url, ...patterns]),
      { maxMemoryBytes: maxListMemoryBytes },
    );
    const found = new Map<string, ObjectId>();
    for (const line of answer.split('\n')) {
      const [id = '', name = ''] = line.split('\t');
      if (isObjectId(id) && name.startsWith('refs/')) found.set(name, id);
    }
    return found;
  }

  /**
   * Fetches into a bare repository of its own, which borrows the objects of `base`. Whatever comes is checked there;
   * the caller takes it over or not. The folder is gone when it is disposed.
   * @throws TowlineError GATEWAY_UPSTREAM_UNREACHABLE, GATEWAY_UPSTREAM_GARBAGE
   */
  async fetch(base: string, ref: string, signal: AbortSignal): Promise<Quarantine> {
    const path = join(this.#folder, 'quarantine.git');
    const quarantine = await makeQuarantine(path, ref);
    try {
      await this.#run(path, signal, git => git(['init', '-q', '--bare', '--template=', '.']));
      await mkdir(join(path, 'objects', 'info'), { recursive: true });
      await writeFile(join(path, 'objects', 'info', 'alternates'), `${join(base, 'objects')}\n`);
      await this.#bounded(path, signal, inner =>
        this.#run(path, inner, git =>
          git([
            ...['fetch', '-q', '--no-tags', '--no-write-fetch-head', '--no-auto-maintenance'],
            ...['--end-of-options', this.#settings.url, `+${ref}:refs/quarantine/tip`],
          ]),
        ),
      );
      return quarantine;
    } catch (error) {
      await quarantine[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** @throws TowlineError GATEWAY_UPSTREAM_PUSH_FAILED */
  async push(gitDirectory: string, pushes: readonly ForgePush[], signal: AbortSignal): Promise<void> {
    const leases = pushes.map(({ ref, expected }) => `--force-with-lease=${ref}:${expected ?? ''}`);
    const specs = pushes.map(({ ref, id }) => `${id}:${ref}`);
    await this.#run(
      gitDirectory,
      signal,
      git => git(['push', '-q', '--no-verify', ...leases, '--', this.#settings.url, ...specs]),
      { code: 'GATEWAY_UPSTREAM_PUSH_FAILED' },
    );
  }

  /** Ends what `work` does when the quarantine grows over the limit. */
  async #bounded(
    path: string,
    signal: AbortSignal,
    work: (signal: AbortSignal) => Promise<unknown>,
  ): Promise<void> {
    const { maxBytes } = this.#settings;
    const stop = new AbortController();
    let tooLarge = false;
    const check = async () => {
      if ((await sizeOf(join(path, 'objects'))) <= maxBytes) return;
      tooLarge = true;
      stop.abort(new Error('too large'));
    };
    const timer = setInterval(() => {
      check().catch(() => undefined);
    }, watchMs);
    try {
      await work(AbortSignal.any([signal, stop.signal]));
      await check();
    } catch (error) {
      if (!tooLarge) throw error;
    } finally {
      clearInterval(timer);
    }
    if (tooLarge) throw new TowlineError('GATEWAY_UPSTREAM_GARBAGE', `the fetch is over ${maxBytes} bytes`);
  }

  async #run(
    folder: string,
    signal: AbortSignal,
    work: (git: (args: readonly string[]) => Promise<string>) => Promise<string>,
    { code, maxMemoryBytes = maxGitMemoryBytes }: RunOptions = {},
  ): Promise<string> {
    const environment = forgeEnvironment(this.#settings);
    using late = new TimeLimit(this.#settings.timeoutMs);
    const chatty = new AbortController();
    // coreutils' timeout leads a process group and passes signals on to all of it: git's transports, which a forge
    // could hold for ever, end with git. What stands before `git` is therefore a part of each command.
    const seconds = String(Math.ceil(this.#settings.timeoutMs / 1000) + 5);
    const { program, args } = withMemoryLimit(maxMemoryBytes, 'timeout', [seconds, 'git']);
    const [option = '', ...before] = args;
    const git = simpleGit({
      baseDir: folder,
      binary: [program, option],
      abort: AbortSignal.any([signal, late.signal, chatty.signal]),
      timeout: { block: silenceMs },
      allowEnvironment: Object.keys(environment),
      // The library guards against values that callers hand through; these are fixed in forge-environment.ts.
      unsafe: {
        allowUnsafeSshCommand: true,
        allowUnsafeAskPass: true,
        allowUnsafeConfigEnvCount: true,
        allowUnsafeConfigPaths: true,
        allowUnsafeCredentialHelper: true,
        allowUnsafeProtocolOverride: true,
        allowUnsafeTemplateDir: true,
      },
    }).env(environment);
    git.outputHandler((_command, stdout) => {
      let bytes = 0;
      stdout.on('data', (chunk: Buffer) => {
        bytes += chunk.length;
        if (bytes > maxListBytes) chatty.abort(new Error('too much output'));
      });
    });
    try {
      return await work(words => git.raw([...before, ...words]));
    } catch (cause) {
      signal.throwIfAborted();
      const text = chatty.signal.aborted
        ? 'it lists too much'
        : late.signal.aborted
          ? 'it took too long'
          : wordsOf(cause);
      const wrong = chatty.signal.aborted || (!late.signal.aborted && garbage.test(text));
      throw new TowlineError(
        code ?? (wrong ? 'GATEWAY_UPSTREAM_GARBAGE' : 'GATEWAY_UPSTREAM_UNREACHABLE'),
        text,
        { cause },
      );
    }
  }
}

/** What git said, short and on one line. */
function wordsOf(error: unknown): string {
  const text = messageOf(error);
  return text
    .replace(/[\p{Cc}\s]+/gu, ' ')
    .trim()
    .slice(0, 400);
}
