/**
 * Bundles for devices, made where their images are: main as this gateway trusts it, the newest timestamp, and what the releases
 * of the device pin. All that can be refused is refused before the first byte.
 */

import { agentEntry, agentsNamed, wantedAgentParts } from '../../core/bundle/agent-parts.ts';
import type { BundleContents } from '../../core/bundle/contents.ts';
import { type ImagePlan, planImages } from '../../core/bundle/plan-images.ts';
import type { BundleEntry } from '../../core/bundle/table.ts';
import { bundleBytes, writeBundle } from '../../core/bundle/write-bundle.ts';
import { isTowlineError, TowlineError } from '../../core/errors.ts';
import type { PinnedImage } from '../../core/images/digest.ts';
import type { Clock } from '../../core/io/clock.ts';
import type { BundleCommits } from '../../core/io/git/pack-commits.ts';
import { readDeviceReport } from '../../core/telemetry/device-report.ts';
import { telemetryRef } from '../../core/telemetry/telemetry-ref.ts';
import type { ObjectId, ObjectSource } from '../../core/trust/git/object-source.ts';
import { timestampRef } from '../../core/trust/timestamp.ts';
import type { StatusFile } from '../../schemas/types.generated.ts';
import type { Agents } from '../agents/agents.ts';
import type { ViewDevice } from '../fleet/fleet-view.ts';
import type { FleetViewHolder } from '../fleet/fleet-view-holder.ts';
import { readRef } from '../git/bare-refs.ts';
import type { GitRunner } from '../git/git-runner.ts';
import { Slots } from '../limits/slots.ts';
import type { Blob } from '../registry/blob.ts';
import type { Images } from '../registry/images.ts';
import { blobBytes } from './blob-bytes.ts';
import { CommitFile } from './commit-file.ts';

export interface BundleMakerOptions {
  readonly fleetGit: string;
  /** For commits on their way; emptied at the start of the gateway. */
  readonly incoming: string;
  /** Undefined: no registry is behind this gateway. */
  readonly images: Pick<Images, 'cache' | 'store' | 'placeOf'> | undefined;
  /** Parts that have come; what has not is not carried. */
  readonly agents: Pick<Agents, 'find'>;
  readonly view: FleetViewHolder;
  readonly runner: GitRunner;
  /** Of telemetry.git. */
  readonly reports: ObjectSource;
  readonly tip: (ref: string) => ObjectId | undefined;
  readonly clock: Clock;
}

export interface BundleWish {
  readonly device: string;
  /** The commits begin after it. */
  readonly since: ObjectId | undefined;
  /** Who asks. */
  readonly who: string;
}

export interface MadeBundle extends AsyncDisposable {
  readonly commit: ObjectId;
  /** Bytes of all of it. */
  readonly size: number;
  /** @throws TowlineError what a registry answers, or does not; the signal's reason */
  bytes(): AsyncGenerator<Uint8Array>;
}

type Served = NonNullable<BundleMakerOptions['images']>;

/** Bundles on their way at once, of all people and of one. */
const atOnce = { size: 4, maxWaiting: 16, ofOne: { size: 1, maxWaiting: 2 } } as const;

export class BundleMaker {
  readonly #options: BundleMakerOptions;
  readonly #slots = new Slots(atOnce);

  constructor(options: BundleMakerOptions) {
    this.#options = options;
  }

  /**
   * @throws TowlineError GATEWAY_BUSY, GATEWAY_NOT_JUDGED, BUNDLE_PREREQUISITE, BUNDLE_IMAGE_UNSERVED, BUNDLE_IMAGE_MISSING,
   *   IMAGE_REFUSED, IMAGE_PLATFORM_MISSING, GATEWAY_IMAGE_TOO_LARGE; what a registry does not answer; the signal's reason
   */
  async make(wish: BundleWish, signal: AbortSignal): Promise<MadeBundle> {
    const stack = new AsyncDisposableStack();
    try {
      stack.use(await this.#slots.take(signal, wish.who));
      return await this.#make(wish, stack, signal);
    } catch (error) {
      await stack.disposeAsync();
      throw error;
    }
  }

  async #make(
    { device: id, since, who }: BundleWish,
    stack: AsyncDisposableStack,
    signal: AbortSignal,
  ): Promise<MadeBundle> {
    const { view, fleetGit, clock } = this.#options;
    const { current } = view;
    const device = current.device(id);
    if (device === undefined || current.fleet === undefined)
      throw new TowlineError('GATEWAY_NOT_JUDGED', 'this gateway trusts nothing yet');
    const status = await this.#statusOf(device);
    const plan = await this.#plan(device, { images: current.images(id), status });
    const agents = await this.#agentParts(id, status);
    const timestamp = await readRef(fleetGit, timestampRef);
    const commits: BundleCommits = {
      commit: current.commit,
      ...(since === undefined ? {} : { since }),
      ...(timestamp === undefined ? {} : { timestamp }),
    };
    const file = stack.use(await CommitFile.write({ ...this.#options, commits, who }, signal));
    const contents: BundleContents = {
      ...agentsNamed([...agents.keys()].map(digest => ({ sha256: digest.slice(7) }))),
      ...{ fleet: current.fleet.name, devices: [id], images: plan.images, ...commits },
      created: `${new Date(clock.now()).toISOString().slice(0, 19)}Z`,
    };
    const parts = [...agents].map(([digest, { size }]) =>
      agentEntry({ sha256: digest.slice(7), bytes: size }),
    );
    const draft = { contents, entries: [file.entry, ...plan.entries, ...parts] };
    const bytesOf = (entry: BundleEntry) => {
      const part = agents.get(entry.digest);
      if (part !== undefined) return blobBytes(() => part, signal);
      return this.#bytesOf(entry, { file, plan, signal });
    };
    return {
      commit: current.commit,
      size: bundleBytes(draft),
      bytes: () => writeBundle({ ...draft, bytesOf }),
      [Symbol.asyncDispose]: () => stack.disposeAsync(),
    };
  }

  /** By digest. */
  async #agentParts(id: string, status: StatusFile | undefined): Promise<Map<string, Blob>> {
    const { view, agents } = this.#options;
    const { whole } = view.current;
    const found = new Map<string, Blob>();
    const reported = new Map(status === undefined ? [] : [[id, status]]);
    for (const part of whole === undefined ? [] : wantedAgentParts(whole, [id], reported)) {
      const blob = await agents.find(part.sha256);
      if (blob !== undefined) found.set(`sha256:${part.sha256}`, blob);
    }
    return found;
  }

  async #plan(
    device: ViewDevice,
    { images, status }: { readonly images: readonly PinnedImage[]; readonly status: StatusFile | undefined },
  ): Promise<ImagePlan> {
    const served = this.#options.images;
    const unserved = images.filter(({ image }) => served?.placeOf(image) === undefined);
    if (unserved.length > 0) {
      const names = unserved.map(({ image }) => image).join(', ');
      throw new TowlineError(
        'BUNDLE_IMAGE_UNSERVED',
        `their registries are not behind this gateway: ${names}`,
      );
    }
    const platform = status?.host?.platform;
    const wanted = [{ id: device.id, platform, images, has: [] }];
    const manifest = async (image: PinnedImage, digest: string) => {
      const place = served?.placeOf(image.image);
      if (place === undefined) return undefined;
      try {
        return (await served?.store.manifest(place, digest))?.bytes;
      } catch (error) {
        if (isTowlineError(error, 'GATEWAY_IMAGE_UNKNOWN')) return undefined;
        throw error;
      }
    };
    const plan = await planImages(wanted, { manifest }, { isComplete: true });
    if (served !== undefined) await assertThere(served, plan);
    return plan;
  }

  /** Its signed word; undefined: it has said nothing, and gets all platforms. */
  async #statusOf({ id, file }: ViewDevice): Promise<StatusFile | undefined> {
    const { view, reports: source, tip: tipOf } = this.#options;
    const tip = tipOf(telemetryRef(id));
    const fleet = view.current.fleet?.name;
    if (tip === undefined || fleet === undefined) return undefined;
    const report = await readDeviceReport({ source, tip, device: id, fleet, sshKey: file.keys?.ssh });
    return report.kind === 'said' ? report.status : undefined;
  }

  #bytesOf(
    entry: BundleEntry,
    { file, plan, signal }: { file: CommitFile; plan: ImagePlan; signal: AbortSignal },
  ): AsyncIterable<Uint8Array> {
    const { images } = this.#options;
    if (entry.kind === 'git') return file.bytes(signal);
    const manifest = plan.manifests.get(entry.digest);
    if (manifest !== undefined) return single(manifest);
    const owner = plan.owners.get(entry.digest);
    const place = owner === undefined ? undefined : images?.placeOf(owner.image);
    if (place === undefined || images === undefined)
      throw new TowlineError('BUNDLE_IMAGE_MISSING', `nobody knows where ${entry.digest} lies`);
    return blobBytes(() => images.store.blob(place, { ...entry, kind: 'blob' }), signal);
  }
}

async function* single(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

/** Each layer is there, and can be kept on its way. */
async function assertThere(served: Served, { entries, owners }: ImagePlan): Promise<void> {
  for (const { kind, digest, size } of entries) {
    const owner = owners.get(digest);
    const place = owner === undefined ? undefined : served.placeOf(owner.image);
    if (kind !== 'blob' || place === undefined) continue;
    if (size > served.cache.maxBytes)
      throw new TowlineError('GATEWAY_IMAGE_TOO_LARGE', `${owner?.image} has a layer of ${size} bytes`);
    await served.store.has(place, { digest, size, kind });
  }
}
