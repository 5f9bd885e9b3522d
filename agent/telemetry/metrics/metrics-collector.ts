/** Metrics of this device: every so often a moment, many moments a segment. */
import path from 'node:path';
import type { Clock } from '../../../core/io/clock.ts';
import { isDiskFull } from '../../../core/io/file/disk-full.ts';
import type { Log } from '../../../core/log.ts';
import { writeMetrics } from '../../../core/telemetry/record/metric-segment.ts';
import { segmentPath } from '../../../core/telemetry/record/segment-path.ts';
import { metricsSettings } from '../../../core/telemetry/settings/metrics-settings.ts';
import type { Engine } from '../../runtime/engine/engine.ts';
import type { Collector, Piece, Scene, Spool } from '../collector.ts';
import { AppMetrics, type Trouble } from './apps/app-metrics.ts';
import { ContainerAddresses } from './apps/container-addresses.ts';
import { ContainerMetrics } from './containers/container-metrics.ts';
import { HostFiles } from './host/host-files.ts';
import { HostMetrics } from './host/host-metrics.ts';
import { ownFigures } from './own-figures.ts';
import { SegmentNumber } from './segment-number.ts';
import { Moments } from './series/moments.ts';
import { counter, type Sample } from './series/sample.ts';
import { SeriesBudget } from './series/series-budget.ts';
import { writeTextfile } from './textfile.ts';

/** Unpacked: packed some 64 KB. */
const segmentBytes = 384 * 1024;
/** What a full disk does not take is held up to here, unpacked bytes and packed pieces; then it goes, and is counted. */
const mostBytes = 4 * segmentBytes;
const mostPacked = 4;
const scrapeLimits = { timeoutMs: 10_000, maxBytes: 2 * 1024 * 1024 };

export interface MetricsOptions {
  readonly engine: Pick<Engine, 'call'>;
  readonly config: { readonly engineSocket: string };
  readonly clock: Clock & { readonly unsynchronised?: string | undefined };
  readonly device: string;
  readonly version: string;
  /** `<stateDirectory>/telemetry`. */
  readonly folder: string;
  /** A folder of node-exporter's textfile collector. */
  readonly textfileDirectory?: string;
  /** Figures of other rooms: of the spool, of the last pass. */
  readonly figures?: () => readonly Sample[];
  /** An endpoint that cannot be read: an event. */
  readonly onTrouble?: (trouble: Trouble) => void;
  readonly log: Pick<Log, 'debug' | 'warn'>;
  /** Where `/` is: a test has a tree of its own. */
  readonly root?: string;
}

export class MetricsCollector implements Collector {
  readonly name = 'metrics';
  readonly #options: MetricsOptions;
  readonly #host: HostMetrics;
  readonly #containers: ContainerMetrics;
  readonly #apps: AppMetrics;
  readonly #budget: SeriesBudget;
  readonly #appBudget: SeriesBudget;
  readonly #moments = new Moments();
  readonly #number: SegmentNumber;
  readonly #seen = Promise.withResolvers<void>();
  #scene: Scene | undefined;
  #spool: Spool | undefined;
  /** Pieces that are not in the spool yet. */
  readonly #packed: Piece[] = [];
  #dropped = 0;
  #lostMoments = 0;
  #putting: Promise<void> = Promise.resolve();
  #textfileTrouble: string | undefined;

  constructor(options: MetricsOptions) {
    const { engine, config, clock, device, folder, root, log } = options;
    this.#options = options;
    this.#budget = new SeriesBudget(clock);
    this.#appBudget = new SeriesBudget(clock);
    this.#host = new HostMetrics(clock, root);
    this.#containers = new ContainerMetrics(config.engineSocket, new HostFiles(root));
    this.#number = new SegmentNumber(path.join(folder, 'metrics'), () => clock.now());
    const onTrouble = (trouble: Trouble): void => {
      log.warn(
        { project: trouble.project, service: trouble.service, trouble: trouble.text },
        'metrics of an app',
      );
      options.onTrouble?.(trouble);
    };
    const addresses = new ContainerAddresses(engine, device);
    this.#apps = new AppMetrics({ clock, addresses, limits: scrapeLimits, onTrouble });
  }

  look(scene: Scene): void {
    this.#scene = scene;
    this.#seen.resolve();
  }

  async run(spool: Spool, signal: AbortSignal): Promise<void> {
    const { clock, log } = this.#options;
    this.#spool = spool;
    const stopped = Promise.withResolvers<void>();
    signal.addEventListener('abort', () => stopped.resolve(), { once: true });
    await Promise.race([this.#seen.promise, stopped.promise]);
    while (!signal.aborted) {
      const begunMs = clock.monotonic();
      try {
        await this.moment(signal);
        if (this.#moments.bytes >= segmentBytes) await this.settle();
      } catch (error) {
        if (!signal.aborted) log.debug({ error: String(error) }, 'metrics not taken');
      }
      const { intervalMs } = this.#scene?.desired.settings.metrics ?? metricsSettings({});
      const pauseMs = Math.max(1000, intervalMs - (clock.monotonic() - begunMs));
      await clock.sleep(pauseMs, signal).catch(() => undefined);
    }
  }

  /** Takes one moment. @throws the signal's reason when it was aborted */
  async moment(signal: AbortSignal): Promise<void> {
    const scene = this.#scene;
    if (scene === undefined || scene.desired.retired !== undefined) return;
    const { metrics } = scene.desired.settings;
    const timeMs = this.#options.clock.now();
    const own = this.#own(scene);
    const wantsContainers = metrics.containers || this.#options.textfileDirectory !== undefined;
    const containers = wantsContainers ? await this.#containers.samples(scene.containers, signal) : [];
    await this.#textfile([...own, ...containers]);
    const isOff = !metrics.host && !metrics.containers && !metrics.apps;
    if (isOff) return;
    const { projects } = scene.desired;
    const base = this.#budget.admit(
      [
        ...own,
        ...(metrics.host ? await this.#host.samples() : []),
        ...(metrics.containers ? containers : []),
      ],
      metrics.maxSeries,
    );
    const exposed = metrics.apps ? await this.#apps.samples(projects, metrics.maxSeriesPerApp, signal) : [];
    // Apps have what is left: none of them crowds out the device.
    const apps = this.#appBudget.admit(exposed, metrics.maxSeries - base.samples.length);
    this.#dropped += base.dropped + apps.dropped;
    this.#moments.add(timeMs, [...base.samples, ...apps.samples]);
  }

  /** One at a time. @throws what the spool throws, but for a full disk: then it is held here */
  settle(): Promise<void> {
    const next = this.#putting.then(() => this.#put());
    this.#putting = next.catch(() => undefined);
    return next;
  }

  async #put(): Promise<void> {
    if (this.#spool === undefined) return;
    try {
      await this.#pack();
      for (let piece = this.#packed[0]; piece !== undefined; piece = this.#packed[0]) {
        await this.#spool.put(piece);
        this.#packed.shift();
      }
    } catch (error) {
      if (!isDiskFull(error)) throw error;
      this.#letGo();
    }
  }

  async #pack(): Promise<void> {
    if (this.#moments.count === 0) return;
    const sequence = await this.#number.take();
    const path = segmentPath({ kind: 'metrics', sequence });
    const bytes = writeMetrics([this.#moments.block()]);
    this.#packed.push({ path, class: 'metric', records: this.#moments.count, bytes });
    this.#moments.clear();
  }

  /** The oldest, where there is more than may be held. */
  #letGo(): void {
    if (this.#moments.bytes > mostBytes) {
      this.#lostMoments += this.#moments.count;
      this.#moments.clear();
    }
    while (this.#packed.length > mostPacked) this.#lostMoments += this.#packed.shift()?.records ?? 0;
  }

  #own({ engineVersion }: Scene): Sample[] {
    const { version, clock, figures } = this.#options;
    return [
      ...ownFigures({ version, engineVersion, unsynchronised: clock.unsynchronised }),
      counter('towline_series_dropped_total', this.#dropped),
      counter('towline_metrics_moments_lost_total', this.#lostMoments),
      ...(figures?.() ?? []),
    ];
  }

  /** A folder that is not there, or not for us, is told once. */
  async #textfile(samples: readonly Sample[]): Promise<void> {
    const { textfileDirectory, log } = this.#options;
    if (textfileDirectory === undefined) return;
    try {
      await writeTextfile(textfileDirectory, samples);
      this.#textfileTrouble = undefined;
    } catch (error) {
      const trouble = String(error);
      if (trouble !== this.#textfileTrouble)
        log.warn({ error: trouble }, 'no file for node-exporter is written');
      this.#textfileTrouble = trouble;
    }
  }
}
