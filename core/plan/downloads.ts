/**
 * Images that are brought to the disk before anything asks for them: those of a release that comes next, and those of an update
 * that waits for its maintenance window while images may come. A lane of its own: no step of a plan needs any of it, and nothing
 * is started or stopped for it.
 */
import { createHash } from 'node:crypto';
import type { DesiredNext, DesiredProject, DesiredState } from '../desired/state.ts';
import { placedMessage } from '../errors.ts';
import { timeWord } from '../time-word.ts';
import { describeWindows, lookAgainMs, pullsAllowed, updateWindows } from './maintenance-window.ts';
import type { ProjectMemory } from './memory.ts';
import type { ObservedState } from './observed.ts';
import { downloadSizes, imageRoom, lackOf } from './requirements.ts';
import { imagesOf, missingImages } from './service-images.ts';
import type { StepOf } from './step.ts';
import { chooseTarget, holdOf } from './target.ts';

export interface Download {
  /** As `downloadKey` has it. */
  readonly key: string;
  readonly app: string;
  /** Name of the Compose project. */
  readonly project: string;
  readonly release: string | undefined;
  /** `due`: its steps are to be carried out now. `there`: it has none. */
  readonly state: 'there' | 'waiting' | 'due' | 'refused';
  /** Why it is there, waits or is refused. */
  readonly reason: string;
  /** Code of the error registry, where it is refused. */
  readonly code?: string;
  /** When it is to be looked at again, where it waits for nothing but its share; milliseconds since the epoch. */
  readonly againMs?: number;
  /** When this device has first seen it, milliseconds since the epoch. */
  readonly sinceMs: number;
  /** What its images are of; absent where that cannot be read. */
  readonly would?: DesiredProject;
  /** One for each image that is not there. They need nothing, and nothing needs them. */
  readonly steps: readonly StepOf<'pull-image'>[];
  /** By release.yaml; absent: it does not say. */
  readonly totalBytes?: number;
  readonly missingBytes?: number;
}

interface Input {
  readonly desired: DesiredState;
  readonly observed: ObservedState;
  readonly memory: ProjectMemory;
}

/** What is wanted, and where that is said. */
interface Wish {
  readonly would: DesiredProject;
  readonly reason: string;
  /** What it finds of the disk: less than there is, where others come before it. */
  readonly left: ObservedState;
}

/** The disk, as what comes before leaves it: images of that count as there, and their room as taken. */
class Room {
  #left: ObservedState;
  readonly #images: Map<string, string>;

  constructor(observed: ObservedState) {
    this.#images = new Map(observed.images);
    this.#left = { ...observed, images: this.#images };
  }

  get left(): ObservedState {
    return this.#left;
  }

  take(project: DesiredProject): void {
    const { capability } = this.#left;
    const bytes = imageRoom(project, this.#left);
    for (const { image } of imagesOf(project.model)) this.#images.set(image, '');
    if (capability?.diskFree === undefined) return;
    const diskFree = Math.max(0, capability.diskFree - bytes);
    this.#left = { ...this.#left, capability: { ...capability, diskFree } };
  }
}

type Told = Pick<Download, 'state' | 'reason' | 'code' | 'againMs'>;

/** By which a device remembers since when it knows of this. */
export function downloadKey(project: string, release: string | undefined, digest = ''): string {
  return `${project}@${release ?? digest}`;
}

/** From 0 to 1: the same for this device and this release whenever it is asked, and even over a fleet. */
export function shareOf(device: string, key: string): number {
  const hash = createHash('sha256').update(`towline-download\0${device}\0${key}`).digest('hex');
  return Number(`0x${hash.slice(0, 8)}`) / 2 ** 32;
}

/** @returns when it may begin, or why it may not now */
function told({ would, reason, left }: Wish, key: string, { desired, observed, memory }: Input): Told {
  if (missingImages(would.model, observed.images).length === 0)
    return { state: 'there', reason: 'its images are there' };
  const lack = lackOf(would, left);
  if (lack !== undefined) return { state: 'refused', code: lack.code, reason: lack.message };
  const held = holdOf(desired, memory, would);
  if (held !== undefined) return { state: 'waiting', reason: held.reason };
  const { windows, downloadJitterMs: overMs = 0 } = desired.settings;
  const share = shareOf(desired.device, key);
  const beginsMs = sinceOf(key, memory) + share * overMs;
  if (beginsMs > memory.nowMs)
    return {
      ...{ state: 'waiting', againMs: beginsMs },
      reason: `its download begins at ${timeWord(beginsMs)}`,
    };
  if (!pullsAllowed(windows, memory.nowMs, { share, overMs })) {
    const againMs = lookAgainMs(windows, memory.nowMs, { share, overMs });
    const reason = `its download waits for a window: ${describeWindows(windows)}`;
    return { state: 'waiting', reason, ...(againMs === undefined ? {} : { againMs }) };
  }
  return { state: 'due', reason };
}

/** What was noted by a clock that ran ahead was seen now. */
function sinceOf(key: string, { downloads, nowMs }: ProjectMemory): number {
  return Math.min(downloads?.get(key) ?? nowMs, nowMs);
}

function download(wish: Wish, input: Input): Download {
  const { would, reason } = wish;
  const { app, name: project, release, digest } = would;
  const key = downloadKey(project, release, digest);
  const steps = missingImages(would.model, input.observed.images).map(
    ({ service, image }) =>
      ({ kind: 'pull-image', project, service, image, reason, needs: [] }) satisfies StepOf<'pull-image'>,
  );
  return {
    ...{ key, app, project, release, would, steps },
    ...told(wish, key, input),
    ...downloadSizes(would, input.observed),
    sinceMs: sinceOf(key, input.memory),
  };
}

function refused({ app, project, release, problems }: DesiredNext, memory: ProjectMemory): Download {
  const [problem] = problems;
  const key = downloadKey(project, release);
  return {
    ...{ key, app, project, release, state: 'refused', steps: [] },
    ...(problem === undefined ? {} : { code: problem.code }),
    reason: problems.map(placedMessage).join('; '),
    sinceMs: sinceOf(key, memory),
  };
}

/** An update that waits for a window, where there are windows in which its images may come before. */
function waitingUpdates(input: Input): Wish[] {
  const { desired, observed, memory } = input;
  const { windows } = desired.settings;
  if (updateWindows(windows).length === windows.length) return [];
  return desired.projects.flatMap(would =>
    chooseTarget(desired, observed, memory, would).skipped?.why === 'window'
      ? [{ would, reason: 'its update waits for a window', left: observed }]
      : [],
  );
}

/** What is to run has its room first, then each release that comes next, in their order. */
function comingNext(input: Input): Download[] {
  const { desired, observed, memory } = input;
  const { next = [] } = desired;
  // Most passes: what an engine has may be much.
  if (next.length === 0) return [];
  const room = new Room(observed);
  for (const project of desired.projects) room.take(project);
  return next.map(one => {
    const { would } = one;
    if (would === undefined) return refused(one, memory);
    const file = desired.provenance.get(`/apps/${one.app}/next`);
    const reason = `next${file === undefined ? '' : ` in ${file}`}`;
    const found = download({ would, reason, left: room.left }, input);
    if (found.state === 'due') room.take(would);
    return found;
  });
}

/** Pure, as a plan is: by app, an update that waits before what comes next. */
export function planDownloads(input: Input): Download[] {
  const { desired } = input;
  if (desired.retired !== undefined) return [];
  const next = comingNext(input);
  const updates = waitingUpdates(input).map(wish => download(wish, input));
  return [...updates, ...next].sort(({ app: left }, { app: right }) =>
    left < right ? -1 : Number(left > right),
  );
}
