/**
 * Keeps both repositories quick and bounded, beside the work and never in its way: one git process at a time, which
 * deletes only packs that were there when it began, and whose refs were written by then.
 */
import { readFile } from 'node:fs/promises';
import type { Logger } from 'pino';
import { TowlineError } from '../../core/errors.ts';
import type { Clock } from '../../core/io/clock.ts';
import { writeDurably } from '../../core/io/file/durable-file.ts';
import { telemetryRefs } from '../../core/telemetry/telemetry-ref.ts';
import type { GitRunner } from './git-runner.ts';
import type { ReceivedTips } from './received-tips.ts';

export interface MaintenanceOptions {
  readonly runner: GitRunner;
  readonly fleetGit: string;
  readonly telemetryGit: string;
  /** Telemetry older than this is cut off; each device's newest commit always stays. */
  readonly keepMs: number;
  /** When what came in: times in a commit are its device's word, and clocks of devices are wrong. */
  readonly received: ReceivedTips;
  readonly clock: Clock;
  readonly log: Logger;
  readonly signal: AbortSignal;
}

const packIntervalMs = 10 * 60_000;
const cutIntervalMs = 6 * 3_600_000;
/** Children of commits that are cut off, of all devices together, bytes of git's answer. */
const maxAnswerBytes = 256 * 1024 * 1024;

export class Maintenance {
  readonly #options: MaintenanceOptions;

  constructor(options: MaintenanceOptions) {
    this.#options = options;
  }

  /** Runs until the signal is aborted. A failure is logged and tried again the next time. */
  async run(): Promise<void> {
    const { clock, log, signal } = this.#options;
    // Soon after the start: a gateway that is restarted often must note what it has received, too.
    let cutAt = Number.NEGATIVE_INFINITY;
    while (!signal.aborted) {
      try {
        await clock.sleep(packIntervalMs, signal);
        await this.pack();
        if (clock.monotonic() - cutAt < cutIntervalMs) continue;
        cutAt = clock.monotonic();
        await this.cut();
      } catch (error) {
        if (!signal.aborted) log.error({ err: error }, 'maintenance failed');
      }
    }
  }

  /** Many small packs become few; refs go into one file. Removes no object. */
  async pack(): Promise<void> {
    const { fleetGit, telemetryGit } = this.#options;
    for (const folder of [fleetGit, telemetryGit]) {
      await this.#git(folder, ['repack', '-q', '-d', '--geometric=2', '--write-midx']);
      await this.#git(folder, ['pack-refs', '--all']);
    }
    await this.#git(fleetGit, ['commit-graph', 'write', '--reachable', '--split']);
  }

  /**
   * Cuts history by moving the shallow boundary: ids never change, and what lies behind the boundary is dropped.
   * @returns how many commits are boundaries now.
   */
  async cut(): Promise<number> {
    const { telemetryGit, keepMs, clock, received } = this.#options;
    const old = await received.before(clock.now() - keepMs);
    const boundary = old.length === 0 ? new Set<string>() : await this.#boundary(old);
    await received.note(await this.#tips(), clock.now());
    if (boundary.size === 0) return 0;
    // git reads this file as it is: commits whose parents are not looked for.
    await writeDurably(`${telemetryGit}/shallow`, `${[...boundary].sort().join('\n')}\n`, { mode: 0o644 });
    await this.#git(telemetryGit, ['repack', '-q', '-a', '-d']);
    return boundary.size;
  }

  /**
   * The oldest commits that are new enough; the tips of devices that have none.
   * @param old tips that had been received when the time to keep began.
   */
  async #boundary(old: readonly string[]): Promise<Set<string>> {
    const { telemetryGit } = this.#options;
    const found = new Set<string>();
    const earlier = new Set(await this.#shallow());
    const input = `${[...(await this.#tips()), ...old.map(id => `^${id}`)].join('\n')}\n`;
    // In this order: git reads its input when it comes to `--stdin`. Old tips may have been cut off before.
    const edges = ['rev-list', '--ignore-missing', '--boundary', '--children', '--stdin'];
    for (const line of await this.#lines(telemetryGit, edges, () => true, input)) {
      const [id = '', ...children] = line.split(' ');
      if (line.startsWith('-')) for (const child of children) found.add(child);
      // What was a boundary and still is the oldest of its branch has no parent to be listed with.
      else if (earlier.has(id)) found.add(id);
    }
    const isOld = new Set(old);
    for (const tip of await this.#tips()) if (isOld.has(tip)) found.add(tip);
    return found;
  }

  async #tips(): Promise<string[]> {
    const { telemetryGit } = this.#options;
    return await this.#lines(
      telemetryGit,
      ['for-each-ref', '--format=%(objectname)', telemetryRefs],
      () => true,
    );
  }

  async #shallow(): Promise<string[]> {
    const { telemetryGit } = this.#options;
    const text = await readFile(`${telemetryGit}/shallow`, 'utf8').catch(() => '');
    return text.split('\n').filter(line => line !== '');
  }

  /** Lines of git's answer for which `keep` holds; the others are not held. */
  async #lines(
    folder: string,
    args: readonly string[],
    keep: (line: string) => boolean,
    input?: string,
  ): Promise<string[]> {
    const kept: string[] = [];
    let rest = '';
    let bytes = 0;
    const onOutput = (chunk: Buffer) => {
      const lines = (rest + chunk.toString('latin1')).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines.filter(keep)) {
        kept.push(line);
        bytes += line.length;
      }
      if (bytes > maxAnswerBytes) throw new TowlineError('GATEWAY_GIT_FAILED', 'too many commits to cut');
    };
    await this.#git(folder, args, onOutput, input);
    return kept;
  }

  async #git(
    folder: string,
    args: readonly string[],
    onOutput: (chunk: Buffer) => void = () => undefined,
    input?: string,
  ) {
    const { runner, signal } = this.#options;
    const job = {
      lane: 'maintenance',
      arguments: ['--git-dir', folder, ...args],
      onOutput,
      ...(input === undefined ? {} : { input: Buffer.from(input) }),
    } as const;
    const { code, stderr } = await runner.run(job, signal);
    if (code !== 0) {
      throw new TowlineError('GATEWAY_GIT_FAILED', `git ${args[0]} ended with ${code}: ${stderr.trim()}`);
    }
  }
}
