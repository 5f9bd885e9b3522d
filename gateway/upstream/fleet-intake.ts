/**
 * Takes a commit out of quarantine into fleet.git. main only ever moves forward; objects are checked once more on
 * the way in, by fleet.git's own git. Who signed what is not asked here: each device, and the gateway's walk, does.
 */
import { isTowlineError, TowlineError } from '../../core/errors.ts';
import type { Clock } from '../../core/io/clock.ts';
import { GitCatFileSource } from '../../core/io/git/git-object-source.ts';
import { keptTimeSec } from '../../core/io/synchronised-clock.ts';
import type { ObjectId } from '../../core/trust/git/object-source.ts';
import type { TrustedState } from '../../core/trust/walk.ts';
import { readRef } from '../git/bare-refs.ts';
import type { GitRunner } from '../git/git-runner.ts';
import { assertMayBeMain } from '../git/main-door.ts';
import type { Judged } from '../git/push-verdict.ts';
import { mainRef } from '../git/served-refs.ts';
import type { Quarantine } from './quarantine.ts';

export interface FleetIntakeOptions {
  readonly runner: GitRunner;
  readonly fleetGit: string;
  /** What main must descend from while fleet.git has none. */
  readonly anchor: ObjectId;
  /** What the gateway's walk has accepted. */
  readonly trusted: () => TrustedState | undefined;
  readonly clock: Clock;
}

export interface IntakeMove {
  readonly ref: string;
  readonly tip: ObjectId;
  /** Where the ref is now: if it was moved meanwhile, it is left. */
  readonly expected: ObjectId | undefined;
  /** What holds it in quarantine; `refs/quarantine/tip` unless it is given. */
  readonly from?: string;
}

type MainMove = Pick<IntakeMove, 'tip' | 'expected'>;

/** Holds what was taken in until a ref of ours points to it; never served. */
const intakeRef = 'refs/intake/tip';

export class FleetIntake {
  readonly #options: FleetIntakeOptions;

  constructor(options: FleetIntakeOptions) {
    this.#options = options;
  }

  main(): Promise<ObjectId | undefined> {
    return readRef(this.#options.fleetGit, mainRef);
  }

  /** Whether main has this commit already: the forge is behind, not ahead. */
  async isBehind(commit: ObjectId, signal: AbortSignal): Promise<boolean> {
    const main = await this.main();
    if (main === undefined || main === commit) return false;
    const { code } = await this.#git(
      this.#options.fleetGit,
      ['merge-base', '--is-ancestor', commit, main],
      signal,
    );
    return code === 0;
  }

  /** @throws TowlineError GATEWAY_UPSTREAM_REWOUND, GATEWAY_MAIN_REFUSED, GATEWAY_UPSTREAM_GARBAGE, GATEWAY_GIT_FAILED */
  async takeMain(quarantine: Quarantine, tip: ObjectId, signal: AbortSignal): Promise<void> {
    const { expected } = await this.judgeMain(quarantine, tip, signal);
    await this.takeRef(quarantine, { ref: mainRef, tip, expected }, signal);
  }

  /**
   * Whether main may move there.
   * @returns where it is now, and what devices would say; that is undefined before the first walk
   * @throws TowlineError GATEWAY_UPSTREAM_REWOUND, GATEWAY_MAIN_REFUSED
   */
  async judgeMain(
    quarantine: Pick<Quarantine, 'path'>,
    tip: ObjectId,
    signal: AbortSignal,
  ): Promise<{ readonly expected: ObjectId | undefined; readonly judged: Judged | undefined }> {
    const expected = await this.main();
    const base = expected ?? this.#options.anchor;
    const move = { tip, expected };
    const descends = await this.#git(quarantine.path, ['merge-base', '--is-ancestor', base, tip], signal);
    const isPlain = descends.code === 0;
    // Another id of what main is goes forward, too: git cannot know.
    const asked = await (isPlain
      ? this.#ask(quarantine, move, signal)
      : this.#askTwin(quarantine, move, signal));
    if (isPlain || asked?.line === 'twin') return { expected, judged: asked?.judged };
    throw new TowlineError('GATEWAY_UPSTREAM_REWOUND', `${tip} does not descend from ${base}`, {
      details: { commit: tip },
    });
  }

  async #askTwin(quarantine: Pick<Quarantine, 'path'>, move: MainMove, signal: AbortSignal) {
    try {
      return await this.#ask(quarantine, move, signal);
    } catch (error) {
      if (isTowlineError(error, 'GATEWAY_MAIN_REFUSED')) return undefined;
      throw error;
    }
  }

  /** @returns undefined before the first walk. */
  async #ask(
    { path }: Pick<Quarantine, 'path'>,
    { tip, expected: main }: MainMove,
    signal: AbortSignal,
  ): Promise<{ readonly line: 'same' | 'twin'; readonly judged: Judged | undefined } | undefined> {
    const { trusted: trustedNow, clock } = this.#options;
    const trusted = trustedNow();
    if (trusted === undefined) return undefined;
    await using source = new GitCatFileSource(path);
    const keptSec = await keptTimeSec(clock, signal);
    let judged: Judged | undefined;
    const onJudged = (found: Judged) => {
      judged = found;
    };
    const line = await assertMayBeMain({ source, trusted, main, tip, keptSec, onJudged, signal });
    return { line, judged };
  }

  /** @throws TowlineError GATEWAY_UPSTREAM_GARBAGE, GATEWAY_GIT_FAILED */
  async takeRef(
    { path }: Pick<Quarantine, 'path'>,
    { ref, tip, expected, from = 'refs/quarantine/tip' }: IntakeMove,
    signal: AbortSignal,
  ): Promise<void> {
    const { fleetGit } = this.#options;
    const fetch = ['fetch', '-q', '--no-tags', '--no-write-fetch-head', path, `+${from}:${intakeRef}`];
    const fetched = await this.#git(fleetGit, fetch, signal);
    if (fetched.code !== 0)
      throw new TowlineError('GATEWAY_UPSTREAM_GARBAGE', fetched.stderr.trim().slice(0, 400));
    const moved = await this.#git(fleetGit, ['update-ref', ref, tip, expected ?? '0'.repeat(40)], signal);
    await this.#git(fleetGit, ['update-ref', '-d', intakeRef], signal);
    if (moved.code !== 0) throw new TowlineError('GATEWAY_GIT_FAILED', moved.stderr.trim().slice(0, 400));
  }

  #git(folder: string, args: readonly string[], signal: AbortSignal) {
    const job = {
      lane: 'own',
      arguments: ['--git-dir', folder, ...args],
      onOutput: () => undefined,
    } as const;
    return this.#options.runner.run(job, signal);
  }
}
