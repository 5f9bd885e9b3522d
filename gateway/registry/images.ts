/** Registries behind the device port: what is behind it, what is kept, who gets what. Loaded where `registries` is set. */
import { join } from 'node:path';
import type { Logger } from 'pino';
import { GitCatFileSource } from '../../core/io/git/git-object-source.ts';
import type { DevicePort } from '../device-port/device-port.ts';
import type { FleetViewHolder } from '../fleet/fleet-view-holder.ts';
import type { GitRunner } from '../git/git-runner.ts';
import { ServedCommits } from '../git/served-commits.ts';
import { counter, gauge, type Metric } from '../plain-port/metric.ts';
import type { TelemetryStore } from '../telemetry/telemetry-store.ts';
import { BlobCache } from './blob-cache.ts';
import { type Pace, slowestPace } from './blob-download.ts';
import { BlobSender } from './blob-sender.ts';
import { Grants, type NamedPlace, nameAtGateway, type Pinned, pinnedIn } from './grants.ts';
import { ImageStore, maxDownloads } from './image-store.ts';
import { registryRoutes } from './registry-routes.ts';
import type { RegistriesSettings } from './registry-settings.ts';
import { StatusImages } from './status-images.ts';
import { UpstreamRegistry } from './upstream-registry.ts';

export interface ImagesOptions {
  readonly stateDirectory: string;
  readonly fleetGit: string;
  readonly telemetryGit: string;
  readonly registries: RegistriesSettings;
  readonly limits: { readonly requestTimeoutMs: number };
  readonly view: FleetViewHolder;
  readonly telemetry: TelemetryStore;
  readonly runner: GitRunner;
  readonly log: Logger;
  /** How slow a registry may be; for tests. */
  readonly pace?: Pace;
}

export class Images {
  readonly #options: ImagesOptions;
  readonly #cache: BlobCache;
  readonly #store: ImageStore;
  readonly #sender: BlobSender;
  readonly #grants: Grants;
  readonly #sources: readonly GitCatFileSource[];
  readonly #status: StatusImages;
  readonly #registries: ReadonlyMap<string, UpstreamRegistry>;
  readonly #stop = new AbortController();

  /** @throws what the disk throws */
  static async open(options: ImagesOptions): Promise<Images> {
    const folder = join(options.stateDirectory, 'registry');
    const { maxCacheBytes: maxBytes } = options.registries;
    return new Images(options, await BlobCache.open({ folder, maxBytes }));
  }

  private constructor(options: ImagesOptions, cache: BlobCache) {
    const { view, telemetry, runner, fleetGit, telemetryGit, log, registries } = options;
    const { signal } = this.#stop;
    this.#options = options;
    this.#cache = cache;
    this.#store = new ImageStore({ cache, pace: options.pace ?? slowestPace, log, signal });
    this.#grants = new Grants(this.#store);
    this.#sender = new BlobSender(options.limits.requestTimeoutMs * 2);
    const fleet = new GitCatFileSource(fleetGit);
    const reports = new GitCatFileSource(telemetryGit);
    this.#sources = [fleet, reports];
    const line = new ServedCommits(runner, fleetGit, signal, 'line');
    const tip = (ref: string) => telemetry.tip(ref);
    this.#status = new StatusImages({ view, fleet, telemetry: reports, tip, line, log });
    this.#registries = new Map(
      Object.entries(registries.bySegment).map(
        ([segment, settings]) => [segment, new UpstreamRegistry(settings, maxDownloads)] as const,
      ),
    );
  }

  mount(port: DevicePort): void {
    registryRoutes(port.http, {
      port,
      store: this.#store,
      grants: this.#grants,
      sender: this.#sender,
      placeOf: name => this.#placeOf(name),
      pinnedOf: (device, name) => this.#pinnedOf(device, name),
    });
  }

  /** What else brings images keeps them here. */
  get cache(): BlobCache {
    return this.#cache;
  }

  get store(): ImageStore {
    return this.#store;
  }

  /** Where an image of a release lies; undefined where its registry is not behind this gateway. */
  placeOf(image: string): NamedPlace | undefined {
    const name = nameAtGateway(image);
    return name === undefined ? undefined : this.#placeOf(name);
  }

  metrics(): Metric[] {
    const { hits, upstreamBytes } = this.#store;
    return [
      gauge('towline_gateway_image_bytes', 'Bytes of images that are kept.', this.#cache.bytes),
      gauge('towline_gateway_image_sends', 'Layers that are being sent to devices.', this.#sender.live),
      counter('towline_gateway_image_hits_total', 'Layers that were there, or on their way.', hits),
      counter('towline_gateway_image_upstream_bytes_total', 'Bytes that registries sent.', upstreamBytes),
    ];
  }

  async close(): Promise<void> {
    this.#stop.abort(new Error('the gateway is shutting down'));
    await this.#store.settled();
    for (const registry of this.#registries.values()) registry.close();
    for (const source of this.#sources) await source[Symbol.asyncDispose]();
  }

  #placeOf(name: string): NamedPlace | undefined {
    const slash = name.indexOf('/');
    const registry = this.#registries.get(name.slice(0, slash));
    return slash < 0 || registry === undefined
      ? undefined
      : { registry, repository: name.slice(slash + 1), name };
  }

  async #pinnedOf(device: string, name: string): Promise<Pinned[]> {
    const { current } = this.#options.view;
    const known = current.device(device);
    const trusted = known === undefined ? [] : await this.#status.of(known);
    return pinnedIn(name, [...current.images(device), ...trusted]);
  }
}
