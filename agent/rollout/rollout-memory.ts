/**
 * What a device remembers of rollouts: when it first saw their stages open, by a clock of its own that only goes forward, and
 * what it has acted on. All of it may be lost: then a device whose clock nobody keeps waits for the holds once more.
 */
import path from 'node:path';
import type { Rollouts } from '../../core/fleet/rollout-files.ts';
import { CheckedFile } from '../../core/io/file/checked-file.ts';
import { fieldsOf, isFields } from '../../core/json.ts';
import type { StageMoment } from '../../core/rollout/when.ts';

/** Rollouts of one device's apps that are remembered, and its pins, at most. */
const maxKept = 256;
/** While a stage waits, what has passed is written at most so often: flash wears out. */
const writeIntervalMs = 10 * 60_000;
/** Sooner at the beginning of a run: a device may be on for some minutes at a time. */
const firstWriteMs = 60_000;

interface Seen {
  /** The release that it leads to: another makes it another rollout. */
  readonly to: string;
  /** When so many stages were first seen open, the first one first; milliseconds that the agent has run. */
  readonly sights: readonly number[];
  /** The last stage that counts here already, from 1; 0: none does. */
  readonly open: number;
  /** One did, once; or nobody knows. */
  readonly given: boolean;
}

interface Kept {
  /** For how long agents of this device have run, milliseconds. */
  readonly ranMs: number;
  /** By path. */
  readonly rollouts: readonly (readonly [path: string, seen: Seen])[];
  /** The end of an app's pin that has come, milliseconds since the epoch. */
  readonly pins: readonly (readonly [app: string, untilMs: number])[];
}

export class RolloutMemory {
  readonly #file: CheckedFile<Kept>;
  readonly #monotonicMs: () => number;
  readonly #beganMs: number;
  readonly #ranBeforeMs: number;
  #rollouts: Map<string, Seen>;
  readonly #pins: Map<string, number>;
  /** What it remembered is damaged: what is there already may have been given. */
  #isDamaged: boolean;
  #written: string;
  #writtenMs: number;

  private constructor(
    { file, isDamaged }: { readonly file: CheckedFile<Kept>; readonly isDamaged: boolean },
    monotonicMs: () => number,
    kept: Kept,
  ) {
    this.#file = file;
    this.#isDamaged = isDamaged;
    this.#monotonicMs = monotonicMs;
    this.#beganMs = monotonicMs();
    this.#ranBeforeMs = kept.ranMs;
    this.#writtenMs = kept.ranMs;
    this.#rollouts = new Map(kept.rollouts);
    this.#pins = new Map(kept.pins);
    this.#written = this.#facts();
  }

  static async open(stateDirectory: string, monotonicMs: () => number): Promise<RolloutMemory> {
    const file = new CheckedFile(path.join(stateDirectory, 'rollouts'), parseKept);
    const found = await file.read();
    const none: Kept = { ranMs: 0, rollouts: [], pins: [] };
    const read = { file, isDamaged: found.kind === 'garbage' };
    return new RolloutMemory(read, monotonicMs, found.kind === 'value' ? found.value : none);
  }

  /** Milliseconds that the agent has run on this device, as far as it remembers. */
  get ranMs(): number {
    return Math.floor(this.#ranBeforeMs + this.#monotonicMs() - this.#beganMs);
  }

  /** Notes what is seen for the first time; forgets what is gone, and stages that were closed again. */
  see(rollouts: Rollouts, apps: ReadonlySet<string>): void {
    const now = new Map<string, Seen>();
    for (const { path: file, value } of [...rollouts.values()].flatMap(ofApp => [...ofApp.values()])) {
      if (now.size >= maxKept) break;
      const before = this.#rollouts.get(file);
      const known = before?.to === value.to ? before : undefined;
      if (value.stage === 0 && known?.given !== true && !this.#isDamaged) continue;
      const sights = (known?.sights ?? []).slice(0, value.stage);
      while (sights.length < value.stage) sights.push(this.ranMs);
      const open = value.aborted === true ? 0 : Math.min(known?.open ?? 0, value.stage);
      now.set(file, { to: value.to, sights, open, given: known?.given ?? this.#isDamaged });
    }
    this.#rollouts = now;
    this.#isDamaged = false;
    for (const app of this.#pins.keys()) if (!apps.has(app)) this.#pins.delete(app);
  }

  /** Whether the stage, or a later one, counts here already: a newer `since` takes nothing back, nor do other labels. */
  isOpen({ path: file, stage }: Pick<StageMoment, 'path' | 'stage'>): boolean {
    return (this.#rollouts.get(file)?.open ?? 0) >= stage;
  }

  opened({ path: file, stage }: Pick<StageMoment, 'path' | 'stage'>): void {
    const seen = this.#rollouts.get(file);
    if (seen !== undefined) this.#rollouts.set(file, { ...seen, open: stage, given: true });
  }

  wasGiven({ path: file, to }: { readonly path: string; readonly to: string }): boolean {
    const seen = this.#rollouts.get(file);
    return seen?.to === to && seen.given;
  }

  isOver(untilMs: number, app: string): boolean {
    return this.#pins.get(app) === untilMs;
  }

  over(untilMs: number, app: string): void {
    if (this.#pins.size < maxKept || this.#pins.has(app)) this.#pins.set(app, untilMs);
  }

  /** How long until the stage counts by what was seen, after so many milliseconds that the agent has run; milliseconds. */
  leftMs({ path: file, stage, holdsMs }: StageMoment, ranMs: number): number {
    const sights = this.#rollouts.get(file)?.sights ?? [];
    let earliestMs = sights[0] ?? ranMs;
    for (let next = 1; next < stage; next += 1)
      earliestMs = Math.max(sights[next] ?? ranMs, earliestMs + (holdsMs[next - 1] ?? 0));
    return earliestMs - ranMs;
  }

  /** Makes durable what is new, and, while a stage `waits` by what was seen, how much time has passed. */
  async save(waits: boolean): Promise<void> {
    const facts = this.#facts();
    const { ranMs } = this;
    const intervalMs = Math.min(Math.max((ranMs - this.#ranBeforeMs) / 2, firstWriteMs), writeIntervalMs);
    const isDue = waits && ranMs - this.#writtenMs >= intervalMs;
    if (facts === this.#written && !isDue) return;
    await this.#file.write({ ranMs, rollouts: [...this.#rollouts], pins: [...this.#pins] });
    this.#written = facts;
    this.#writtenMs = ranMs;
  }

  #facts(): string {
    return JSON.stringify([[...this.#rollouts], [...this.#pins]]);
  }
}

const isTime = (ms: unknown): ms is number => Number.isSafeInteger(ms) && Number(ms) >= 0;

function parseKept(json: unknown): Kept | undefined {
  const { ranMs, rollouts, pins } = fieldsOf(json);
  if (!isTime(ranMs) || !Array.isArray(rollouts) || !Array.isArray(pins)) return undefined;
  return {
    ranMs,
    rollouts: rollouts.slice(0, maxKept).flatMap(entry => {
      const [file, value]: unknown[] = Array.isArray(entry) ? entry : [];
      const seen = parseSeen(value);
      return typeof file === 'string' && seen !== undefined ? [[file, seen] as const] : [];
    }),
    pins: pins.slice(0, maxKept).flatMap(entry => {
      const [app, untilMs]: unknown[] = Array.isArray(entry) ? entry : [];
      return typeof app === 'string' && isTime(untilMs) ? [[app, untilMs] as const] : [];
    }),
  };
}

function parseSeen(value: unknown): Seen | undefined {
  if (!isFields(value)) return undefined;
  const { to, sights, open, given } = value;
  const isKnown = typeof to === 'string' && isTime(open) && typeof given === 'boolean';
  if (!isKnown || !Array.isArray(sights) || sights.length > 32 || !sights.every(isTime)) return undefined;
  return { to, sights, open, given };
}
