/** What runs the apps of this device, as a pass asks it: Docker and Podman are `engine/`, another kind is another folder. */

import type { DesiredState, ImageSettings } from '../../core/desired/state.ts';
import type { Log } from '../../core/log.ts';
import type { Owner } from '../../core/plan/container/labels.ts';
import type { ObservedState } from '../../core/plan/observed.ts';
import type { Plan } from '../../core/plan/plan.ts';
import type { EngineStep } from '../../core/plan/step.ts';
import type { OpenedSecrets } from '../secrets/opened-secrets.ts';

/** How far the pull of an image is. */
export interface PullProgress {
  readonly project: string;
  readonly image: string;
  /** Layers that have begun. */
  readonly layers: number;
  /** Of those layers; the engine tells sizes as they begin. */
  readonly bytes: number;
  readonly totalBytes: number;
  /** It has ended, well or not. */
  readonly over?: true;
}

/** Project → image → how far its pull is. */
export type Pulls = ReadonlyMap<string, ReadonlyMap<string, PullProgress>>;

/** A plan that is carried out. */
export interface Run {
  readonly plan: Plan;
  /** The snapshot that the plan was made of. */
  readonly observed: ObservedState;
  readonly owner: Owner;
  readonly secrets: OpenedSecrets;
  /** Of the pass. */
  readonly log: Log;
  /** Which images come through the gateway. Absent: none. */
  readonly images?: ImageSettings | undefined;
  /** Told now and then while an image is pulled. */
  readonly onPull: (progress: PullProgress) => void;
}

/** @throws TowlineError ENGINE_STALE where a new snapshot may be all that is needed; ENGINE_…, SECRET_…, AGENT_DISK_FULL */
export type RunStep = (step: EngineStep, signal: AbortSignal) => Promise<void>;

/** What must stay on the device. */
export interface Needs {
  /** References of images that the present and the last good states have. */
  readonly images: ReadonlySet<string>;
  /** Reference → when a state here last needed it, milliseconds since the epoch. Only these are ours to remove. */
  readonly lastNeeded: ReadonlyMap<string, number>;
  readonly nowMs: number;
  /** Of the pass. */
  readonly log: Log;
}

export interface LogLine {
  /** The engine's timestamp, RFC 3339 with nanoseconds. */
  readonly time: string;
  readonly stream: 'stdout' | 'stderr' | 'tty';
  readonly text: Buffer;
}

/** A line of a container's log as the engine has kept it, or a part of one: over 16 KiB it is kept in parts. */
export interface LogEntry {
  /** As the engine writes it. */
  readonly time: string;
  readonly stream: LogLine['stream'];
  /** Without its line break. */
  readonly text: Buffer;
  /** Ends its line. */
  readonly whole: boolean;
}

/** While what it returns is not resolved nothing more is read. */
export type TakeEntries = (entries: readonly LogEntry[]) => Promise<void> | undefined;

export interface LogAsk {
  readonly container: string;
  /** Goes on while the container runs. */
  readonly follow: boolean;
  /** Times of entries, both included, RFC 3339 in UTC. */
  readonly since?: string | undefined;
  readonly until?: string | undefined;
  /** The newest so many. */
  readonly tail?: number | undefined;
}

/** Where the engine keeps the log of a container. */
export interface LogPlace {
  /** `json-file`, `local`, `none`, … */
  readonly driver: string;
  /** The file that is written to; undefined where the driver has none that we can read. */
  readonly file: string | undefined;
  /** The engine begins another file at so many bytes; undefined: never, or nobody knows. */
  readonly maxFileBytes: number | undefined;
  /** So many it keeps. */
  readonly maxFiles: number;
  /** When the container has last started, milliseconds since the epoch; 0: nobody knows. */
  readonly startedMs: number;
  /** It does not run: all that it has said is there. */
  readonly hasEnded: boolean;
}

/** A container of this device that has started. */
export interface StartedContainer {
  readonly id: string;
  readonly project: string;
  readonly service: string;
}

export interface OnStarts {
  /** A container of ours has started. */
  started(container: StartedContainer): void;
  /** Some may have while nobody listened: the engine answers now. */
  listening(): void;
}

/** What a container that failed has left. */
export interface LastWords {
  /** Undefined while it runs. */
  readonly exitCode: number | undefined;
  readonly outOfMemory: boolean;
  /** The last check of its health, with the check's own output. */
  readonly health: { readonly exitCode: number; readonly output: string } | undefined;
  /** The newest ones. */
  readonly lines: readonly LogLine[];
}

/** The log of a container that failed, as it may leave the device. */
export interface LastLog {
  readonly container: { readonly id: string; readonly project: string; readonly service: string };
  readonly timeMs: number;
  /** Each with its time and its stream. */
  readonly lines: readonly string[];
}

export interface Runtime {
  /** One snapshot. @throws TowlineError ENGINE_UNREACHABLE, ENGINE_REFUSED, ENGINE_ANSWER */
  observe(desired: DesiredState, signal: AbortSignal): Promise<ObservedState>;
  /** That it is there at all. @throws TowlineError ENGINE_UNREACHABLE, ENGINE_REFUSED, ENGINE_ANSWER */
  answers(signal: AbortSignal): Promise<void>;
  /** @returns what carries out the steps of one plan, in any order that their needs allow */
  begin(run: Run): RunStep;
  /** Until it is aborted. `onChange`: something may not be as it should, look again. Never throws. */
  watch(onChange: () => void, signal: AbortSignal): Promise<void>;
  /** The log of a container as it is kept. @returns at its end. @throws TowlineError ENGINE_… */
  logEntries(ask: LogAsk, take: TakeEntries, signal: AbortSignal): Promise<void>;
  /** @throws TowlineError ENGINE_… */
  logPlace(container: string, signal: AbortSignal): Promise<LogPlace>;
  /** Until it is aborted, also across restarts of the engine. Never throws. */
  starts(on: OnStarts, signal: AbortSignal): Promise<void>;
  /** @throws TowlineError ENGINE_… */
  lastWords(container: string, signal: AbortSignal): Promise<LastWords>;
  /** Removes what is ours and not needed, by age and when the disk gets full. @returns references of images that are gone */
  tidy(needs: Needs, signal: AbortSignal): Promise<string[]>;
}
