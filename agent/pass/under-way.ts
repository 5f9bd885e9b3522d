/** Says to the fleet that a pass is under way while it goes on, and how far pulls are. */

import type { DesiredProject, DesiredState } from '../../core/desired/state.ts';
import type { Clock } from '../../core/io/clock.ts';
import type { Log } from '../../core/log.ts';
import { formatBytes, percentOf } from '../../core/plan/quantity.ts';
import type { StatusFile } from '../../schemas/types.generated.ts';
import type { PullProgress, Pulls } from '../runtime/runtime.ts';
import type { Planned } from './rooms.ts';

/** What is done by then is said with the pass, milliseconds. */
export const meanwhileMs = 3_000;
/** How far pulls are is said at most this often, milliseconds. A quick pull is not told of. */
export const pullStatusEveryMs = 15_000;

export interface UnderWayOptions {
  readonly clock: Clock;
  readonly log: Log;
  readonly publish: (pulls: Pulls) => Promise<unknown>;
}

/** Of one pass. */
export class UnderWay {
  readonly #options: UnderWayOptions;
  readonly #pulls = new Map<string, Map<string, PullProgress>>();
  readonly #over = new AbortController();
  #saidMs: number;
  #beginning: Promise<void> | undefined;
  #publishing: Promise<void> | undefined;

  constructor(options: UnderWayOptions) {
    this.#options = options;
    this.#saidMs = options.clock.monotonic();
  }

  /** Something is done that may take long: it is said unless all is over soon. Never throws. */
  begin(): void {
    const { clock } = this.#options;
    this.#beginning = clock.sleep(meanwhileMs, this.#over.signal).then(
      () => this.#say(),
      () => undefined,
    );
  }

  /** Never throws, and never waits: what cannot be pushed is said by the next status. */
  note(progress: PullProgress): void {
    const images = this.#pulls.get(progress.project) ?? new Map<string, PullProgress>();
    this.#pulls.set(progress.project, images);
    if (progress.over === true) {
      images.delete(progress.image);
      return;
    }
    images.set(progress.image, progress);
    const nowMs = this.#options.clock.monotonic();
    if (nowMs - this.#saidMs < pullStatusEveryMs || this.#publishing !== undefined) return;
    this.#saidMs = nowMs;
    this.#say();
  }

  /** No push of this pass is under way any more: the next one may begin. */
  async settled(): Promise<void> {
    this.#over.abort();
    await this.#beginning;
    await this.#publishing;
  }

  #say(): void {
    const { log, publish } = this.#options;
    if (this.#publishing !== undefined) return;
    this.#publishing = publish(this.#pulls)
      .catch((error: unknown) => log.debug({ error: String(error) }, 'status not pushed meanwhile'))
      .then(() => {
        this.#publishing = undefined;
      });
  }
}

/** Names of the projects that a plan does something for; none whose very state was said to be unwell. */
export function newsOf(
  { plan, desired }: Pick<Planned, 'plan' | 'desired'>,
  saidUnwell: (project: DesiredProject) => boolean,
): ReadonlySet<string> | undefined {
  const names = new Set(plan.steps.map(({ project }) => project));
  for (const project of desired.projects) if (saidUnwell(project)) names.delete(project.name);
  return names.size === 0 ? undefined : names;
}

interface Meanwhile {
  readonly pulls?: Pulls;
  readonly underWay?: ReadonlySet<string>;
  readonly desired?: DesiredState;
}

/** What was said of the projects, with those that something is done for as progressing. */
export function projectsUnderWay(
  last: StatusFile['projects'],
  { pulls = new Map(), underWay = new Set(), desired }: Meanwhile,
): StatusFile['projects'] {
  const wanted = new Map((desired?.projects ?? []).map(project => [project.name, project]));
  const known = new Set(last.map(({ project }) => project));
  const first = [...new Set([...underWay, ...pulls.keys()])].filter(project => !known.has(project)).sort();
  const all: StatusFile['projects'] = [
    ...last,
    ...first.map(name => ({
      app: wanted.get(name)?.app ?? name,
      project: name,
      state: 'progressing' as const,
      services: [],
    })),
  ];
  return all.map(({ lastWords, ...project }) => {
    const images = pulls.get(project.project);
    if (images === undefined && !underWay.has(project.project)) {
      return lastWords === undefined ? project : { ...project, lastWords };
    }
    const onTheirWay = [...(images?.values() ?? [])];
    const message =
      onTheirWay.length === 0 ? begun(wanted.get(project.project)?.release) : pulling(onTheirWay);
    return { ...project, state: 'progressing', message };
  });
}

const begun = (release: string | undefined) =>
  release === undefined ? 'under way' : `${release} is under way`;

function pulling(pulls: readonly PullProgress[]): string {
  const sum = (of: (pull: PullProgress) => number) => pulls.reduce((total, pull) => total + of(pull), 0);
  const what = pulls.length === 1 ? pulls[0]?.image : `${pulls.length} images`;
  const [bytes, total] = [sum(pull => pull.bytes), sum(pull => pull.totalBytes)];
  const done = `${formatBytes(bytes)} of ${formatBytes(total)} (${percentOf(bytes, total)} %)`;
  return `pulling ${what}: ${done} in ${sum(pull => pull.layers)} layers`;
}
