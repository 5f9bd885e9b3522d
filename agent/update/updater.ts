/** Brings the agent to the version that the trusted commit wants: stages it beside the passes, puts it on trial between two of them. */
import type { DesiredAgent } from '../../core/desired/agent.ts';
import type { DeviceSettings } from '../../core/desired/state.ts';
import type { TowlineError } from '../../core/errors.ts';
import { Alarm } from '../../core/io/alarm.ts';
import { describeWindows, pullsAllowed } from '../../core/plan/maintenance-window.ts';
import { timeWord } from '../../core/time-word.ts';
import { asTowlineError, type PassFacts } from '../pass/pass-facts.ts';
import { type Circumstances, isWhole, waitsFor } from './readiness.ts';
import { saidOf } from './said.ts';
import type { SelfUpdate, UpdateNeeds, UpdateStatus } from './self-update.ts';
import type { StageRun } from './stage-run.ts';
import { Trial, type TrialOptions } from './trial.ts';
import {
  type Bringable,
  bringable,
  type Here,
  type NamedVersion,
  namedOf,
  type Wish,
  wishOf,
} from './wanted.ts';

export interface UpdaterOptions extends TrialOptions {
  readonly here: Here;
  /** What a package has put there now: it may be upgraded at any time. */
  readonly packaged: () => Promise<Here['package']>;
  readonly stageRun: (needs: UpdateNeeds) => StageRun;
}

/** A pass that has ended. */
type Passed = Pick<Circumstances, 'facts' | 'urgent'>;

const nothing: Wish = { kind: 'nothing' };
/** They say that the version can never run here. */
const againstIt: ReadonlySet<string> = new Set(['AGENT_UPDATE_PART', 'AGENT_UPDATE_SELF_TEST']);

export class Updater implements SelfUpdate {
  readonly slot: string;
  readonly #options: UpdaterOptions;
  #here: Here;
  readonly #alarm: Alarm;
  #run: StageRun | undefined;
  #needs: UpdateNeeds | undefined;
  #wish: Wish = nothing;
  /** Why it is not brought, or not put on trial. */
  #waits: string | undefined;
  /** Since when it could be put on trial, by the monotonic clock, milliseconds. */
  #readyMs: number | undefined;
  /** Whether the last status that was worth a push was acknowledged; undefined: none was since the start. */
  #isHeard: boolean | undefined;
  #settings: DeviceSettings | undefined;
  readonly #trial: Trial | undefined;
  #isLeaving = false;
  #ring: () => void = () => undefined;
  #since: { readonly key: string; readonly at: string } | undefined;

  constructor(options: UpdaterOptions) {
    this.#options = options;
    this.#here = options.here;
    this.slot = options.here.slot;
    this.#alarm = new Alarm(options.clock);
    this.#trial = options.home.isOnTrial ? new Trial(options) : undefined;
  }

  get isOnTrial(): boolean {
    return this.#options.home.isOnTrial;
  }

  use(needs: UpdateNeeds): void {
    this.#needs = needs;
    this.#run = this.#options.stageRun(needs);
  }

  async hears(push: Promise<boolean>): Promise<boolean> {
    try {
      const isPushed = await push;
      if (isPushed) this.#isHeard = true;
      return isPushed;
    } catch (error) {
      this.#isHeard = false;
      throw error;
    }
  }

  needsCarried(agent: DesiredAgent | undefined): boolean {
    const wish = this.#wishOf(agent);
    if (wish.kind !== 'version' || this.#stagedIs(wish) !== undefined) return false;
    return wish.parts.some(({ sha256 }) => this.#needs?.carried(sha256) !== undefined);
  }

  said(): UpdateStatus | undefined {
    const { home, clock } = this.#options;
    const { memory, isOnTrial, unjudged } = home;
    const isStaged = this.#stagedIs(this.#wish) !== undefined;
    const now = { isStaged, isBusy: this.#run?.isBusy === true, waits: this.#waits };
    const said = saidOf({ wish: this.#wish, memory, isOnTrial, unjudged, ...now });
    if (said === undefined) return undefined;
    const key = [said.phase, said.code, said.version].join(' ');
    if (this.#since?.key !== key) this.#since = { key, at: timeWord(clock.now()) };
    return { ...said, at: this.#since.at };
  }

  async passed(facts: PassFacts, urgent: boolean): Promise<void> {
    const { home, log } = this.#options;
    try {
      if (home.isOnTrial) await this.#mayStay(facts);
      else if (home.unjudged) await this.#judge(facts);
      else await this.#follow({ facts, urgent });
    } catch (error) {
      const { code, message } = asTowlineError(error);
      log.warn({ code, error: message }, 'the update of the agent waits');
    }
  }

  async run(ring: () => void, signal: AbortSignal): Promise<void> {
    this.#ring = ring;
    const trial = this.#trial?.run(signal);
    await this.#alarm.watch(ring, signal);
    await Promise.all([trial, this.#run?.stop()]);
  }

  /** What main has come to meanwhile is followed then, and that it stays is said. */
  async #mayStay(facts: PassFacts): Promise<void> {
    if ((await this.#trial?.passed(facts, this.#isHeard === true)) === true) this.#ring();
  }

  async #judge({ fetchError }: PassFacts): Promise<void> {
    const isHeard = this.#isHeard === true;
    if (!isHeard && fetchError === undefined) return;
    await this.#options.home.judge(isHeard);
    this.#ring();
  }

  #wishOf(agent: DesiredAgent | undefined): Wish {
    return wishOf(agent, this.#here, this.#options.home.memory.setAside);
  }

  async #follow(passed: Passed): Promise<void> {
    const { desired, agent, staleMessage } = passed.facts;
    const run = this.#run;
    // Of what cannot be read, or is too old, nothing is followed; what was wanted before is still said.
    if (run === undefined || staleMessage !== undefined) return;
    if (desired === undefined && agent === undefined) return;
    this.#settings = desired?.settings ?? this.#settings;
    this.#here = { ...this.#here, package: await this.#options.packaged() };
    const wish = this.#wishOf(agent);
    const wanted = bringable(wish);
    if (wanted?.digest !== bringable(this.#wish)?.digest) this.#readyMs = undefined;
    this.#wish = wish;
    const before = this.#waits;
    this.#waits = undefined;
    this.#alarm.set(undefined);
    run.follow(wanted);
    if (wanted === undefined) return;
    const to = this.#stagedIs(wanted);
    if (to !== undefined) {
      await this.#mayTry(to, wanted, passed);
      // For what it waits is said by the next pass.
      if (this.#waits !== before) this.#ring();
    } else if (!run.isBusy) this.#mayBring(run, wanted, passed);
  }

  #mayBring(run: StageRun, wanted: Bringable, { urgent }: Passed): void {
    const nowMs = this.#options.clock.now();
    const { windows = [], images } = this.#settings ?? {};
    const againMs = this.#options.home.againMs(wanted, nowMs);
    const isTooSoon = againMs > nowMs;
    if (isTooSoon) this.#alarm.set(againMs);
    else if (!pullsAllowed(windows, nowMs)) this.#waits = `waits for a window: ${describeWindows(windows)}`;
    if (!urgent && (isTooSoon || this.#waits !== undefined)) return;
    this.#waits = undefined;
    const of = namedOf(wanted);
    run.begin(wanted, {
      rateBytes: images?.maxRateBytes,
      staged: slot => this.#staged(slot, of),
      failed: error => this.#failed(error, of),
    });
  }

  /** The slot that is whole, tested, and of this wish. */
  #stagedIs(wish: Wish): string | undefined {
    const { phase, digest, to } = this.#options.home.memory;
    return phase === 'staged' && digest === bringable(wish)?.digest ? to : undefined;
  }

  async #mayTry(to: string, wanted: Bringable, { facts, urgent }: Passed): Promise<void> {
    const { clock, home, log, leave } = this.#options;
    this.#readyMs ??= clock.monotonic();
    const waitedMs = clock.monotonic() - this.#readyMs;
    const isVisited = this.#needs?.isVisited() === true;
    const settings = this.#settings;
    this.#waits = waitsFor({ facts, settings, urgent, nowMs: clock.now(), isVisited, waitedMs });
    if (this.#waits !== undefined || this.#isLeaving) return;
    const of = namedOf(wanted);
    const asked = {
      whole: isWhole(facts),
      reported: this.#isHeard !== false && facts.fetchError === undefined,
    };
    await home.beginTrial(to, of, asked);
    this.#isLeaving = true;
    log.info({ to, ...of, asked }, 'another version of the agent is put on trial');
    leave(`agent ${of.version} is started`);
  }

  async #staged(slot: string, of: NamedVersion): Promise<void> {
    await this.#options.home.staged(slot, of);
    this.#options.log.info({ slot, ...of }, 'another version of the agent is staged');
    this.#ring();
  }

  async #failed(error: TowlineError, of: NamedVersion): Promise<void> {
    const { home, log } = this.#options;
    const { code, message } = error;
    log.warn({ code, error: message, ...of }, 'the update of the agent came to nothing');
    if (againstIt.has(code)) await home.refuse(of, code, message);
    else await home.cameToNothing(of, code, message);
    this.#ring();
  }
}
