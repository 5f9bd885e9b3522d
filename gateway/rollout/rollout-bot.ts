/**
 * Opens the stages of rollouts, and pauses them, by signed commits. Its key can do that and nothing else; devices see to the
 * order and the holds. What it counts are words that devices have signed.
 */
import { join } from 'node:path';
import type { Logger } from 'pino';
import { type ErrorCode, isTowlineError, TowlineError } from '../../core/errors.ts';
import type { Clock } from '../../core/io/clock.ts';
import { GitCatFileSource } from '../../core/io/git/git-object-source.ts';
import { editOf, RolloutBoard, type RolloutReport, stepWords } from '../../core/rollout/board.ts';
import { ObjectReader } from '../../core/trust/git/object-reader.ts';
import type { ObjectId } from '../../core/trust/git/object-source.ts';
import type { TrustedState } from '../../core/trust/walk.ts';
import { readPrivateKeyFile } from '../access/private-key-file.ts';
import type { Audit } from '../admission/audit.ts';
import type { FleetViewHolder } from '../fleet/fleet-view-holder.ts';
import type { GitRunner } from '../git/git-runner.ts';
import { counter, gauge, type Metric } from '../plain-port/metric.ts';
import type { ReadReport } from '../sinks/device-reports.ts';
import { Follower } from '../sinks/follower.ts';
import type { Sink, TelemetryRecord } from '../sinks/sink.ts';
import { makeStep, pushStep } from './made-step.ts';
import { DeviceWords } from './words.ts';

export interface RolloutSettings {
  readonly keyFile: string;
  /** Between two looks, milliseconds. */
  readonly everyMs: number;
}

export interface RolloutBotOptions {
  readonly rollout: RolloutSettings;
  readonly stateDirectory: string;
  readonly fleetGit: string;
  readonly telemetryGit: string;
  readonly view: FleetViewHolder;
  readonly runner: GitRunner;
  /** Tips of telemetry.git by ref. */
  readonly refs: () => ReadonlyMap<string, ObjectId>;
  readonly read: ReadReport;
  readonly main: {
    readonly trusted: TrustedState | undefined;
    readonly stopped: { readonly code: string } | undefined;
    look(): Promise<void>;
  };
  readonly audit: Audit;
  readonly clock: Clock;
  readonly log: Logger;
}

/** What keeps one rollout from its step, and no other. */
const notToBeMade: Partial<Record<ErrorCode, string>> = {
  ROLLOUT_BOT_REFUSED: 'a step of a rollout is not for this key',
  FLEET_SCHEMA: 'the file of a rollout cannot be edited by a bot',
};

export class RolloutBot implements Sink {
  readonly name = 'rollouts';
  readonly keeps = true;
  readonly #options: RolloutBotOptions;
  readonly #telemetry: GitCatFileSource;
  readonly #fleet: GitCatFileSource;
  readonly #words: DeviceWords;
  #board: { readonly commit: ObjectId; readonly board: RolloutBoard } | undefined;
  #standings: readonly RolloutReport[] = [];
  /** Said last of each, so that a log has it once. */
  readonly #said = new Map<string, string>();
  #steps = 0;
  #refused = 0;
  #running: Promise<void> = Promise.resolve();
  readonly #stop = new AbortController();

  constructor(options: RolloutBotOptions) {
    this.#options = options;
    this.#telemetry = new GitCatFileSource(options.telemetryGit);
    this.#fleet = new GitCatFileSource(options.fleetGit);
    this.#words = new DeviceWords(options.telemetryGit);
  }

  /** Begins to look. */
  async start(): Promise<void> {
    const { rollout, view, refs, read, clock, log } = this.#options;
    const source = this.#telemetry;
    const intervalMs = rollout.everyMs;
    const follower = new Follower({ sink: this, source, intervalMs, view, refs, read, clock, log });
    this.#running = follower.run(this.#stop.signal);
  }

  /** SIGHUP: its key is read at each step anyway. */
  reload(): void {
    this.#said.clear();
  }

  /** @throws TowlineError GATEWAY_CONFIG_INVALID for a key that cannot be read; as the reader does */
  async deliver(records: AsyncIterable<TelemetryRecord>, signal: AbortSignal): Promise<void> {
    const { clock } = this.#options;
    await this.#words.take(records, () => clock.now());
    // One commit after the other: each is judged by what main is then.
    const most = 1 + (await this.#look(signal)).length;
    for (let turn = 0; turn < most; turn += 1) if (!(await this.#stepOnce(signal))) return;
  }

  async #look(signal: AbortSignal): Promise<readonly RolloutReport[]> {
    const { view, main, clock } = this.#options;
    const { whole } = view.current;
    if (whole === undefined || whole.rollouts.size === 0) return [];
    const { commit: head } = whole;
    if (this.#board?.commit !== head) {
      const reader = new ObjectReader(this.#fleet);
      this.#board = { commit: head, board: await RolloutBoard.open({ fleet: whole, reader, head }, signal) };
    }
    const inconclusive =
      main.stopped === undefined ? undefined : `the gateway's own walk stopped: ${main.stopped.code}`;
    const asking = { words: this.#words.all, nowMs: clock.now(), inconclusive };
    this.#standings = this.#board.board.standings(asking);
    for (const standing of this.#standings) this.#say(standing);
    return this.#standings;
  }

  /** @returns whether main is another now, and there may be more to do */
  async #stepOnce(signal: AbortSignal): Promise<boolean> {
    const { clock, main, view, log } = this.#options;
    const standings = await this.#look(signal);
    const { trusted } = main;
    if (trusted === undefined || trusted.commit !== view.current.commit) return false;
    for (const standing of standings) {
      const nowMs = clock.now();
      const change = editOf(standing, nowMs);
      if (change === undefined) continue;
      try {
        await this.#carryOut({ ...standing, ...change, trusted, nowMs }, signal);
        return true;
      } catch (error) {
        const words = isTowlineError(error) ? notToBeMade[error.code] : undefined;
        if (!isTowlineError(error) || words === undefined) throw error;
        this.#refused += 1;
        const said = `${trusted.commit} ${error.message}`;
        if (this.#said.get(`refused ${standing.key}`) === said) continue;
        this.#said.set(`refused ${standing.key}`, said);
        log.error({ code: error.code, rollout: standing.key, reason: error.message }, words);
      }
    }
    return false;
  }

  async #carryOut(
    step: Pick<RolloutReport, 'key' | 'rollout' | 'step'> &
      NonNullable<ReturnType<typeof editOf>> & { readonly trusted: TrustedState; readonly nowMs: number },
    signal: AbortSignal,
  ): Promise<void> {
    const { rollout, stateDirectory, fleetGit, runner, main, audit, log } = this.#options;
    const { key } = await readPrivateKeyFile(rollout.keyFile, 'rollout.keyFile');
    const { path } = step.rollout.file;
    const made = await makeStep({ ...step, source: this.#fleet, path, key }, signal);
    const hooks = join(stateDirectory, 'hooks');
    const old = step.trusted.commit;
    const refusal = await pushStep({ runner, fleetGit, hooks, old, made }, signal);
    await main.look();
    const facts = { rollout: step.key, commit: made.commit, step: stepWords(step.step) };
    if (refusal !== undefined) {
      log.warn({ ...facts, refusal }, 'a step of a rollout came too late, or was refused');
      return;
    }
    this.#steps += 1;
    log.info(facts, 'a rollout goes on');
    audit.write({
      action: `rollout ${step.step.kind}`,
      outcome: 'allowed',
      who: 'rollout-bot',
      details: facts,
    });
  }

  #say({ key, step }: RolloutReport): void {
    const words = stepWords(step);
    if (this.#said.get(key) === words) return;
    this.#said.set(key, words);
    this.#options.log.info({ rollout: key, step: words }, 'rollout');
  }

  metrics(): Metric[] {
    const open = this.#standings.filter(({ step }) => step.kind === 'wait' || step.kind === 'advance');
    return [
      gauge('towline_gateway_rollouts', 'Rollouts on their way.', open.length),
      counter(
        'towline_gateway_rollout_steps_total',
        'Stages opened, and rollouts paused, by this gateway.',
        this.#steps,
      ),
      counter(
        'towline_gateway_rollout_refused_total',
        'Steps that devices would not accept by its key.',
        this.#refused,
      ),
    ];
  }

  state(): object {
    return { rollouts: Object.fromEntries(this.#standings.map(({ key, step }) => [key, stepWords(step)])) };
  }

  async close(): Promise<void> {
    this.#stop.abort(new TowlineError('GATEWAY_DRAINING', 'the gateway is shutting down'));
    await this.#running;
    await this.#telemetry[Symbol.asyncDispose]();
    await this.#fleet[Symbol.asyncDispose]();
  }
}
