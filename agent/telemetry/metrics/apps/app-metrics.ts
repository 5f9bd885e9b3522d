/** Endpoints of apps at one moment: each container of a service that app.yaml names is asked at its own address. */
import type { DesiredProject } from '../../../../core/desired/state.ts';
import { isTowlineError } from '../../../../core/errors.ts';
import type { Clock } from '../../../../core/io/clock.ts';
import type { AppEndpoint } from '../../../../core/telemetry/settings/app-endpoint.ts';
import { counter, gauge, type Sample, seriesKey } from '../series/sample.ts';
import { SeriesBudget } from '../series/series-budget.ts';
import type { ContainerAddresses, Reachable } from './container-addresses.ts';
import { readExposition } from './exposition.ts';
import { relabelled } from './relabel.ts';
import { type ScrapeLimits, scrape } from './scrape.ts';

/** What is asked at once. */
const parallel = 4;
/** Questions in one moment. */
const maxTargets = 64;
/** A trouble is told once; so many are remembered. */
const maxTold = 256;

type Project = Pick<DesiredProject, 'name' | 'app' | 'metrics'>;

/** Something that a person should know, told once until it is over. */
export interface Trouble {
  readonly project: string;
  readonly service: string;
  readonly text: string;
}

export interface AppMetricsOptions {
  readonly clock: Pick<Clock, 'monotonic'>;
  readonly addresses: Pick<ContainerAddresses, 'now'>;
  readonly limits: ScrapeLimits;
  readonly onTrouble: (trouble: Trouble) => void;
}

interface Question {
  readonly project: Project;
  readonly endpoint: AppEndpoint;
  readonly container: Reachable;
}

export class AppMetrics {
  readonly #options: AppMetricsOptions;
  readonly #budgets = new Map<string, SeriesBudget>();
  /** Endpoint → when it was asked last, by the monotonic clock. */
  readonly #asked = new Map<string, number>();
  readonly #told = new Map<string, string>();
  /** Project → samples that had no room, since the agent was started. */
  readonly #dropped = new Map<string, number>();

  constructor(options: AppMetricsOptions) {
    this.#options = options;
  }

  /** @throws the signal's reason when it was aborted */
  async samples(projects: readonly Project[], maxSeries: number, signal: AbortSignal): Promise<Sample[]> {
    const asking = projects.filter(({ metrics = [] }) => metrics.length > 0);
    this.#forget(asking);
    if (asking.length === 0) return [];
    const containers = await this.#containers(signal);
    const questions = this.#questions(asking, containers);
    const found = new Map<Project, Sample[]>(asking.map(project => [project, []]));
    const own: Sample[] = [];
    const next = questions.values();
    const work = async (): Promise<void> => {
      for (const question of next) {
        const { taken, beyond, figures } = await this.#ask(question, signal);
        for (const sample of taken) found.get(question.project)?.push(sample);
        this.#drop(question.project.name, beyond);
        own.push(...figures);
      }
    };
    await Promise.all(Array.from({ length: Math.min(parallel, questions.length) }, work));
    return [
      ...own,
      ...asking.flatMap(project => this.#admitted(project, found.get(project) ?? [], maxSeries)),
    ];
  }

  async #containers(signal: AbortSignal): Promise<readonly Reachable[]> {
    try {
      return await this.#options.addresses.now(signal);
    } catch (error) {
      signal.throwIfAborted();
      if (isTowlineError(error)) return [];
      throw error;
    }
  }

  #questions(projects: readonly Project[], containers: readonly Reachable[]): Question[] {
    const nowMs = this.#options.clock.monotonic();
    const due = projects.flatMap(project =>
      (project.metrics ?? []).flatMap(endpoint => {
        const key = endpointKey(project, endpoint);
        const asked = this.#asked.get(key);
        // Half a second of grace: moments are not that exact.
        if (asked !== undefined && nowMs - asked < endpoint.intervalMs - 500) return [];
        this.#asked.set(key, nowMs);
        return containers
          .filter(({ project: name, service }) => name === project.name && service === endpoint.service)
          .map(container => ({ project, endpoint, container }));
      }),
    );
    return due.slice(0, maxTargets);
  }

  async #ask({ project, endpoint, container }: Question, signal: AbortSignal) {
    const { port, path } = endpoint;
    const { at, name, service } = container;
    const labels = { project: project.name, service, container: name };
    const begunMs = this.#options.clock.monotonic();
    const answer =
      'address' in at
        ? await scrape({ address: at.address, port, path }, this.#options.limits, signal)
        : { problem: at.unreachable };
    const seconds = (this.#options.clock.monotonic() - begunMs) / 1000;
    const read = 'text' in answer ? readExposition(answer.text) : undefined;
    const problem = 'problem' in answer ? answer.problem : read === undefined ? undefined : garbled(read);
    this.#tell(
      `${endpointKey(project, endpoint)} ${name}`,
      { project: project.name, service },
      port,
      problem,
    );
    const of = { ...labels, port: String(port) };
    const figures = [
      gauge('towline_scrape_up', problem === undefined ? 1 : 0, of),
      gauge('towline_scrape_duration_seconds', Math.round(seconds * 1000) / 1000, of),
      gauge('towline_scrape_samples', read?.samples.length ?? 0, of),
    ];
    const given = (project.metrics ?? []).filter(other => other.service === service).length > 1 ? of : labels;
    const taken = (read?.samples ?? []).map(sample => relabelled(sample, given));
    return { taken, beyond: read?.beyond ?? 0, figures };
  }

  #tell(key: string, who: Omit<Trouble, 'text'>, port: number, problem: string | undefined): void {
    if (problem === undefined) this.#told.delete(key);
    if (problem === undefined || this.#told.get(key) === problem || this.#told.size >= maxTold) return;
    this.#told.set(key, problem);
    this.#options.onTrouble({ ...who, text: `metrics of ${who.service}:${port} cannot be read: ${problem}` });
  }

  /** Of two samples of one series the first counts. */
  #admitted({ name: project }: Project, samples: readonly Sample[], maxSeries: number): Sample[] {
    const budget = this.#budgets.get(project) ?? new SeriesBudget(this.#options.clock);
    this.#budgets.set(project, budget);
    const unique = [
      ...new Map(samples.map(sample => [seriesKey(sample), sample] as const).reverse()).values(),
    ];
    const admitted = budget.admit(unique.reverse(), maxSeries);
    const dropped = this.#drop(project, admitted.dropped);
    return [counter('towline_series_dropped_total', dropped, { project }), ...admitted.samples];
  }

  #drop(project: string, samples: number): number {
    const dropped = (this.#dropped.get(project) ?? 0) + samples;
    this.#dropped.set(project, dropped);
    return dropped;
  }

  #forget(asking: readonly Project[]): void {
    const names = new Set(asking.map(({ name }) => name));
    for (const kept of [this.#budgets, this.#dropped])
      for (const name of kept.keys()) if (!names.has(name)) kept.delete(name);
    const keys = asking.flatMap(project => (project.metrics ?? []).map(each => endpointKey(project, each)));
    for (const key of this.#asked.keys()) if (!keys.includes(key)) this.#asked.delete(key);
    for (const key of this.#told.keys())
      if (!keys.some(known => key.startsWith(`${known} `))) this.#told.delete(key);
  }
}

/** Where nothing can be read of it, it is no exposition. */
function garbled({
  samples,
  malformed,
}: {
  samples: readonly unknown[];
  malformed: number;
}): string | undefined {
  return samples.length === 0 && malformed > 0 ? 'its answer is not in Prometheus’ text format' : undefined;
}

function endpointKey({ name }: Pick<Project, 'name'>, { service, port, path }: AppEndpoint): string {
  return `${name} ${service} ${port} ${path}`;
}
