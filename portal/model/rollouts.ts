/** Rollouts as they stand, by what devices have signed: counted once for all who look. */
import { movedBy } from '../../core/fleet/rollout-files.ts';
import { RolloutBoard, type RolloutReport, stepWords } from '../../core/rollout/board.ts';
import { defaultHold } from '../../core/rollout/stage.ts';
import { ObjectReader } from '../../core/trust/git/object-reader.ts';
import type { RolloutRow, StageCount } from '../api/types.generated.ts';
import type { SeenFleet } from '../home/fleet-source.ts';
import type { Home } from '../home/home.ts';
import type { Board } from './board/board.ts';
import type { Sight } from './sight.ts';

/** So long a count is good, milliseconds: holds and silence go by the clock. */
const freshMs = 5_000;

interface Counted {
  readonly version: number;
  readonly atMs: number;
  readonly reports: readonly RolloutReport[];
}

export class Rollouts {
  readonly #home: Home;
  readonly #board: Board;
  #opened: { readonly of: SeenFleet; readonly board: Promise<RolloutBoard> } | undefined;
  #counted: Counted | undefined;

  constructor(home: Home, board: Board) {
    this.#home = home;
    this.#board = board;
  }

  /** @throws TowlineError when main's history cannot be read */
  async reports(seen: SeenFleet, signal: AbortSignal): Promise<readonly RolloutReport[]> {
    if (seen.fleet.rollouts.size === 0) return [];
    if (this.#opened?.of !== seen) this.#open(seen);
    const board = await this.#opened?.board;
    signal.throwIfAborted();
    const { version } = this.#board.rows;
    const atMs = this.#home.clock.monotonic();
    const known = this.#counted;
    if (known?.version === version && atMs - known.atMs < freshMs) return known.reports;
    const reports = board?.standings({
      words: this.#board.words(),
      nowMs: this.#home.clock.now(),
      seenMs: (key, stage) => this.#home.gateway?.stageSeenMs?.(key, stage),
      inconclusive: this.#inconclusive(seen),
    });
    this.#counted = { version, atMs, reports: reports ?? [] };
    return this.#counted.reports;
  }

  /** For all who look: it ends with nobody's request. */
  #open(seen: SeenFleet): void {
    const { fleet, commit: head } = seen;
    const reader = new ObjectReader(this.#home.fleet.objects);
    const board = RolloutBoard.open({ fleet, reader, head }, new AbortController().signal);
    this.#opened = { of: seen, board };
    this.#counted = undefined;
    board.catch(() => {
      if (this.#opened?.board === board) this.#opened = undefined;
    });
  }

  /** Where most of what is there cannot be read, nothing is judged by the rest. */
  #inconclusive({ stopped }: SeenFleet): string | undefined {
    if (stopped !== undefined) return `main is not trusted: ${stopped.code}`;
    if (this.#board.isReading) return 'statuses are still being read';
    const told = this.#board.rows.all.filter(
      ({ facts, wanted }) => facts !== undefined && wanted.file !== undefined,
    );
    const doubted = told.filter(({ facts }) => facts?.doubt !== undefined);
    return doubted.length * 2 > told.length
      ? `${doubted.length} of ${told.length} statuses cannot be read`
      : undefined;
  }
}

/** Those in which this viewer has a device; all where they read the repository. */
export const seenReports = (reports: readonly RolloutReport[], sight: Sight): readonly RolloutReport[] =>
  reports.filter(
    ({ members }) => sight.readsRepository || [...members.keys()].some(device => sight.reads(device)),
  );

export function rolloutRow(report: RolloutReport, sight: Sight): RolloutRow {
  const { key, rollout, step } = report;
  const { from, to, stage, reason } = rollout.file.value;
  const app = movedBy(rollout.file.value);
  const standings = report.count.standings.filter(({ device }) => sight.reads(device));
  const many = (state: string) => standings.filter(one => one.state === state).length;
  return {
    ...{ key, app, name: rollout.name, from: [...from], to, stage, stages: stagesOf(report, sight) },
    ...{ state: stateOf(report), next: shownStep(report, sight), nextKind: step.kind },
    ...(reason === undefined || !sight.readsRepository ? {} : { reason }),
    ...{ devices: standings.length, done: many('done'), failed: many('failed'), dark: many('dark') },
  };
}

/** Words of a step name devices, of whomever: who does not read all is told the kind of it. */
function shownStep({ step }: RolloutReport, sight: Sight): string {
  if (sight.readsAll) return stepWords(step);
  return step.kind === 'wait' ? `waits for ${step.for}` : step.kind;
}

function stagesOf({ rollout, count, members }: RolloutReport, sight: Sight): StageCount[] {
  const { stage, stages } = rollout.file.value;
  const seen = [...members].filter(([device]) => sight.sees(device));
  return stages.map(({ name, promote = 'bot', hold = defaultHold }, index) => {
    const states: Record<string, number> = {};
    for (const { device, state, stage: own } of count.standings)
      if (own === index + 1 && sight.reads(device)) states[state] = (states[state] ?? 0) + 1;
    const devices = seen.filter(([, member]) => member.stage === index + 1).length;
    return { name, open: index < stage, promote, hold, devices, states };
  });
}

export function stateOf({ rollout, step }: RolloutReport): RolloutRow['state'] {
  const { paused, aborted } = rollout.file.value;
  if (aborted === true) return 'aborted';
  if (paused === true) return 'paused';
  return step.kind === 'complete' ? 'complete' : step.kind === 'over' ? 'over' : 'running';
}
