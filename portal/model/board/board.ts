/** The whole fleet as rows, kept up to date by moves of main and of devices' branches. Lists answer at once with what is known. */
import { setImmediate as turn } from 'node:timers/promises';
import { messageOf } from '../../../core/errors/cause.ts';
import { isTowlineError } from '../../../core/errors.ts';
import type { DeviceWord } from '../../../core/rollout/word.ts';
import { CommitGraph } from '../../../core/status/commit-graph.ts';
import { darkAfterMs } from '../../../core/status/dark.ts';
import type { Distance } from '../../../core/status/lineage.ts';
import type { ObjectId } from '../../../core/trust/git/object-source.ts';
import type { SeenFleet } from '../../home/fleet-source.ts';
import type { Home } from '../../home/home.ts';
import { type BoardRow, boardRow } from './board-row.ts';
import { ReportReader } from './report-reader.ts';
import { RowLog } from './row-log.ts';
import { Wakening } from './wakening.ts';
import { nothingWanted, type WantedFacts, wantedFactsIn } from './wanted-facts.ts';

/** Between two looks at the clock, milliseconds: who says nothing falls dark by it. */
const tickMs = 60_000;
/** After what could not be read, milliseconds. */
const retryMs = 2_000;
/** Between two that are told, at least, milliseconds. */
const restMs = 250;
/** Rows that are made in one turn: others are answered between. */
const chunk = 500;
/** Commits that devices trust and whose distance is known: what each costs is not decided by who names it. */
const maxNamed = 64;

export class Board {
  readonly #home: Home;
  readonly #reader: ReportReader;
  readonly #graph: CommitGraph;
  readonly #rows = new RowLog();
  readonly #wakening = new Wakening();
  #seen: SeenFleet | undefined;
  #wantedOf: (device: string) => WantedFacts = () => nothingWanted;
  #distances: ReadonlyMap<ObjectId, Distance> = new Map();
  /** What the distances are of. */
  #distancesOf = '';
  #enrolling: ReadonlySet<string> = new Set();
  #trouble = '';
  #lookedMs = Number.NEGATIVE_INFINITY;

  constructor(home: Home) {
    this.#home = home;
    this.#reader = new ReportReader(home);
    this.#graph = new CommitGraph(home.fleet.objects);
  }

  get rows(): RowLog {
    return this.#rows;
  }

  /** Some reports are still to be read. */
  get isReading(): boolean {
    return this.#seen === undefined || this.#reader.waiting > 0;
  }

  get distances(): ReadonlyMap<ObjectId, Distance> {
    return this.#distances;
  }

  /** What devices said, as rollouts count it. */
  words(): ReadonlyMap<string, DeviceWord> {
    const words = new Map<string, DeviceWord>();
    for (const { id, facts } of this.#rows.all) if (facts !== undefined) words.set(id, facts.word);
    return words;
  }

  /** Until it is aborted. */
  async run(signal: AbortSignal): Promise<void> {
    const { fleet, telemetry, clock } = this.#home;
    const endings = [
      fleet.onChange(() => this.#wakening.wake()),
      telemetry.onMove(device => {
        this.#reader.moved(device);
        this.#wakening.wake();
      }),
    ];
    try {
      while (!signal.aborted) {
        this.#wakening.begin();
        if (!(await this.#turn(signal))) continue;
        await this.#wakening.asleep(tickMs, clock, signal);
        await clock.sleep(restMs, signal).catch(() => undefined);
      }
    } finally {
      for (const end of endings) end();
    }
  }

  /** @returns whether nothing waits */
  async #turn(signal: AbortSignal): Promise<boolean> {
    try {
      const { current } = this.#home.fleet;
      if (current === undefined) return true;
      const isDue = this.#home.clock.monotonic() - this.#lookedMs >= tickMs;
      if (current !== this.#seen || isDue) await this.#look(current, signal);
      const changed = await this.#reader.readSome(signal);
      await this.#measure(signal);
      await this.#make(changed, signal);
      this.#trouble = '';
      return this.#reader.waiting === 0;
    } catch (error) {
      if (signal.aborted) return true;
      if (!isTowlineError(error)) throw error;
      const words = `${error.code}: ${messageOf(error)}`;
      if (words !== this.#trouble)
        this.#home.log.warn({ error: words }, 'the portal cannot read what devices said');
      this.#trouble = words;
      await this.#home.clock.sleep(retryMs, signal).catch(() => undefined);
      return false;
    }
  }

  /** Another main, or the clock has gone on: every row is made anew, of what is known of its device. */
  async #look(current: SeenFleet, signal: AbortSignal): Promise<void> {
    this.#lookedMs = this.#home.clock.monotonic();
    if (current !== this.#seen) {
      this.#seen = current;
      this.#wantedOf = wantedFactsIn(current.fleet);
      this.#reader.keysChanged();
    }
    this.#enrolling = new Set((await this.#home.enrolments(signal)).keys());
    await this.#measure(signal);
    await this.#make(this.#ids(), signal);
  }

  /** A branch of a device that the fleet does not have is shown, too. */
  #ids(): string[] {
    const ids = [...(this.#seen?.fleet.devices.keys() ?? []), ...this.#home.telemetry.tips().keys()];
    return [...new Set([...ids, ...this.#rows.all.map(({ id }) => id)])];
  }

  async #measure(signal: AbortSignal): Promise<void> {
    const commit = this.#seen?.commit;
    if (commit === undefined) return;
    const counts = new Map<ObjectId, number>();
    for (const device of this.#home.telemetry.tips().keys()) {
      const trusted = this.#reader.facts(device)?.said?.trusted;
      if (trusted !== undefined) counts.set(trusted, (counts.get(trusted) ?? 0) + 1);
    }
    const named = [...counts].sort(([, left], [, right]) => right - left).slice(0, maxNamed);
    const commits = named.map(([id]) => id).sort();
    const of = [commit, ...commits].join(' ');
    if (of === this.#distancesOf) return;
    const lineage = await this.#graph.lineage(commit, commits, signal);
    this.#distances = new Map(
      commits.flatMap(id => {
        const distance = lineage.distance(id);
        return distance === undefined ? [] : [[id, distance] as const];
      }),
    );
    this.#distancesOf = of;
  }

  async #make(ids: readonly string[], signal: AbortSignal): Promise<void> {
    const { telemetry, clock } = this.#home;
    const tips = telemetry.tips();
    const darkMs = darkAfterMs(this.#seen?.fleet.file.value.telemetry?.schedule);
    const made: (BoardRow | string)[] = [];
    for (const [at, id] of ids.entries()) {
      if (at % chunk === chunk - 1) await turn(undefined, { signal });
      const isThere = this.#seen?.fleet.devices.has(id) === true || tips.has(id);
      made.push(isThere ? this.#rowOf(id, darkMs, clock.now()) : id);
    }
    this.#rows.take(made);
  }

  #rowOf(id: string, darkMs: number, nowMs: number): BoardRow {
    const facts = this.#reader.facts(id);
    const trusted = facts?.said?.trusted;
    return boardRow({
      ...{ id, facts, nowMs, darkAfterMs: darkMs, wanted: this.#wantedOf(id) },
      distance: trusted === undefined ? undefined : this.#distances.get(trusted),
      isWaiting: this.#enrolling.has(id),
      isUnread: this.#reader.isWaiting(id),
      version: this.#rows.version + 1,
    });
  }
}
