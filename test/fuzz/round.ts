/** One target in a process of its own, from one seed: how much it tried, and what it found. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Count, UsualEffort } from './fuzzed.ts';
import { targets } from './targets.ts';

export interface Result {
  readonly name: string;
  readonly seed: number;
  readonly runs: number;
  readonly tookMs: number;
  /** What the tests said, where they failed. */
  readonly finding: string | undefined;
}

const root = path.join(import.meta.dirname, '../..');
/** Of what a target says. */
const keptText = 16_000;
/** What a property may take beyond its time: a run that hangs is a finding. */
const graceMs = 120_000;

export class FuzzRound {
  readonly #name: string;
  readonly #seed: number;
  readonly #effort: UsualEffort;

  constructor(name: string, seed: number, effort: UsualEffort) {
    this.#name = name;
    this.#seed = seed;
    this.#effort = effort;
  }

  async run(): Promise<Result> {
    const folder = await mkdtemp(path.join(tmpdir(), 'towline-fuzz-'));
    const counts = path.join(folder, 'counts');
    const startMs = performance.now();
    const said = await this.#test(counts);
    const lines = (await readFile(counts, 'utf8').catch(() => '')).split('\n').filter(line => line !== '');
    await rm(folder, { recursive: true, force: true });
    const runs = lines.map(line => JSON.parse(line) as Count).reduce((sum, count) => sum + count.runs, 0);
    const finding = said.code === 0 ? undefined : said.text;
    return { name: this.#name, seed: this.#seed, runs, tookMs: performance.now() - startMs, finding };
  }

  /** The target's tests, as node's runner runs them. */
  async #test(counts: string): Promise<{ readonly code: number; readonly text: string }> {
    const effort = this.#effort;
    const limitMs = 'ms' in effort ? effort.ms + graceMs : 24 * 3_600_000;
    const child = spawn(
      process.execPath,
      [
        '--test',
        '--test-reporter=spec',
        '--disable-warning=ExperimentalWarning',
        `--test-timeout=${limitMs * 20}`,
        targets[this.#name]?.file ?? '',
      ],
      {
        cwd: root,
        stdio: ['ignore', 'pipe', 'pipe'],
        env: {
          ...process.env,
          TOWLINE_FUZZ_COUNTS: counts,
          TOWLINE_FUZZ_SEED: String(this.#seed),
          ...('ms' in effort
            ? { TOWLINE_FUZZ_MS: String(effort.ms) }
            : { TOWLINE_FUZZ_RUNS: String(effort.runs) }),
        },
      },
    );
    let text = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk: Buffer) => {
        text = `${text}${chunk.toString('utf8')}`.slice(-keptText);
      });
    }
    const [code] = (await once(child, 'close')) as [number | null];
    return { code: code ?? 1, text };
  }
}
