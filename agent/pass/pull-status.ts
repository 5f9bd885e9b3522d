/** Says to the fleet how far pulls are while the pass that waits for them goes on. */

import type { Clock } from '../../core/io/clock.ts';
import type { Log } from '../../core/log.ts';
import { formatBytes } from '../../core/plan/quantity.ts';
import type { StatusFile } from '../../schemas/types.generated.ts';
import type { PullProgress, Pulls } from '../runtime/runtime.ts';

/** A status in the middle of a pass is pushed at most this often, milliseconds. A quick pull pushes none. */
export const pullStatusEveryMs = 15_000;

export interface PullStatusOptions {
  readonly clock: Clock;
  readonly log: Log;
  readonly publish: (pulls: Pulls) => Promise<unknown>;
}

/** Of one pass. */
export class PullStatus {
  readonly #options: PullStatusOptions;
  readonly #pulls = new Map<string, Map<string, PullProgress>>();
  #saidMs: number;
  #publishing: Promise<void> | undefined;

  constructor(options: PullStatusOptions) {
    this.#options = options;
    this.#saidMs = options.clock.monotonic();
  }

  /** Never throws, and never waits: what cannot be pushed is said by the next status. */
  note(progress: PullProgress): void {
    const { clock, log, publish } = this.#options;
    const images = this.#pulls.get(progress.project) ?? new Map<string, PullProgress>();
    this.#pulls.set(progress.project, images.set(progress.image, progress));
    const nowMs = clock.monotonic();
    if (this.#publishing !== undefined || nowMs - this.#saidMs < pullStatusEveryMs) return;
    this.#saidMs = nowMs;
    this.#publishing = publish(this.#pulls)
      .catch((error: unknown) => log.debug({ error: String(error) }, 'status of pulls not pushed'))
      .then(() => {
        this.#publishing = undefined;
      });
  }

  /** No push of this pass is under way any more: the next one may begin. */
  async settled(): Promise<void> {
    await this.#publishing;
  }
}

/** What was said of the projects, with those that wait for images as progressing. */
export function projectsWhilePulling(
  last: StatusFile['projects'],
  pulls: Pulls = new Map(),
): StatusFile['projects'] {
  const known = new Set(last.map(({ project }) => project));
  const first = [...pulls.keys()].filter(project => !known.has(project));
  const all: StatusFile['projects'] = [
    ...last,
    ...first.map(name => ({ app: name, project: name, state: 'progressing' as const, services: [] })),
  ];
  return all.map(project => {
    const images = pulls.get(project.project);
    if (images === undefined) return project;
    return { ...project, state: 'progressing', message: messageOf([...images.values()]) };
  });
}

function messageOf(pulls: readonly PullProgress[]): string {
  const sum = (of: (pull: PullProgress) => number) => pulls.reduce((total, pull) => total + of(pull), 0);
  const what = pulls.length === 1 ? pulls[0]?.image : `${pulls.length} images`;
  const bytes = `${formatBytes(sum(pull => pull.bytes))} of ${formatBytes(sum(pull => pull.totalBytes))}`;
  return `pulling ${what}: ${bytes} in ${sum(pull => pull.layers)} layers`;
}
