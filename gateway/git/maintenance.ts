/**
 * Keeps both repositories quick and bounded, beside the work and never in its way: one git process at a time, which
 * deletes only packs that were there when it began.
 */
import { readFile } from 'node:fs/promises';
import type { Logger } from 'pino';
import { TowlineError } from '../../core/errors.ts';
import type { Clock } from '../../core/io/clock.ts';
import { writeDurably } from '../../core/io/durable-file.ts';
import type { GitRunner } from './git-runner.ts';

export interface MaintenanceOptions {
  readonly runner: GitRunner;
  readonly fleetGit: string;
  readonly telemetryGit: string;
  /** Telemetry older than this is cut off; each device's newest commit always stays. */
  readonly keepMs: number;
  readonly clock: Clock;
  readonly log: Logger;
  readonly signal: AbortSignal;
}

const telemetryRefs = 'refs/heads/telemetry/';
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
    let cutAt = clock.monotonic();
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
    const { telemetryGit, keepMs, clock } = this.#options;
    const cutoffSec = Math.floor((clock.now() - keepMs) / 1000);
    const boundary = await this.#boundary(cutoffSec);
    if (boundary.size === 0) return 0;
    // git reads this file as it is: commits whose parents are not looked for.
    await writeDurably(`${telemetryGit}/shallow`, `${[...boundary].sort().join('\n')}\n`, { mode: 0o644 });
    await this.#git(telemetryGit, ['repack', '-q', '-a', '-d']);
    return boundary.size;
  }

  /** The oldest commits that are new enough; the tips of devices that have none. */
  async #boundary(cutoffSec: number): Promise<Set<string>> {
    const { telemetryGit } = this.#options;
    const found = new Set<string>();
    const glob = `--glob=${telemetryRefs}*`;
    const edges = ['rev-list', glob, `--max-age=${cutoffSec}`, '--boundary', '--children'];
    for (const line of await this.#lines(telemetryGit, edges, line => line.startsWith('-'))) {
      for (const child of line.split(' ').slice(1)) found.add(child);
    }
    const tips = ['for-each-ref', '--format=%(objectname) %(committerdate:unix)', telemetryRefs];
    for (const line of await this.#lines(telemetryGit, tips, () => true)) {
      const [id, time] = line.split(' ');
      if (id !== undefined && Number(time) < cutoffSec) found.add(id);
    }
    // What was a boundary and still is the oldest of its branch has no parent to be listed with.
    const roots = ['rev-list', glob, `--max-age=${cutoffSec}`, '--max-parents=0'];
    const earlier = new Set(await this.#shallow());
    for (const line of await this.#lines(telemetryGit, roots, line => earlier.has(line))) found.add(line);
    return found;
  }

  async #shallow(): Promise<string[]> {
    const { telemetryGit } = this.#options;
    const text = await readFile(`${telemetryGit}/shallow`, 'utf8').catch(() => '');
    return text.split('\n').filter(line => line !== '');
  }

  /** Lines of git's answer for which `keep` holds; the others are not held. */
  async #lines(folder: string, args: readonly string[], keep: (line: string) => boolean): Promise<string[]> {
    const kept: string[] = [];
    let rest = '';
    let bytes = 0;
    await this.#git(folder, args, chunk => {
      const lines = (rest + chunk.toString('latin1')).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines.filter(keep)) {
        kept.push(line);
        bytes += line.length;
      }
      if (bytes > maxAnswerBytes) throw new TowlineError('GATEWAY_GIT_FAILED', 'too many commits to cut');
    });
    return kept;
  }

  async #git(folder: string, args: readonly string[], onOutput: (chunk: Buffer) => void = () => undefined) {
    const { runner, signal } = this.#options;
    const job = { lane: 'maintenance', arguments: ['--git-dir', folder, ...args], onOutput } as const;
    const { code, stderr } = await runner.run(job, signal);
    if (code !== 0) {
      throw new TowlineError('GATEWAY_GIT_FAILED', `git ${args[0]} ended with ${code}: ${stderr.trim()}`);
    }
  }
}
