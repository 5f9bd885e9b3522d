/** Manifests and blobs of registries by their digest: from the disk, or brought there once for all who ask meanwhile. */
import { messageOf } from '../../core/errors/cause.ts';
import { TowlineError } from '../../core/errors.ts';
import { digestOf } from '../../core/images/digest.ts';
import { maxManifestBytes } from '../../core/images/manifest.ts';
import { type Descriptor, type Manifest, readManifest } from '../../core/io/registry/manifest.ts';
import type { Log } from '../../core/log.ts';
import { Slots } from '../limits/slots.ts';
import type { Blob } from './blob.ts';
import type { BlobCache } from './blob-cache.ts';
import { download, type Pace } from './blob-download.ts';
import { readWhole, type UpstreamRegistry } from './upstream-registry.ts';

/** Where an image lies: its digest alone says which it is. */
export interface Place {
  readonly registry: UpstreamRegistry;
  readonly repository: string;
}

export interface VerifiedManifest extends Manifest {
  readonly digest: string;
  readonly bytes: Buffer;
}

export interface ImageStoreOptions {
  readonly cache: BlobCache;
  readonly pace: Pace;
  readonly log: Pick<Log, 'info' | 'warn'>;
  readonly signal: AbortSignal;
}

/** Downloads at once; others wait. */
export const maxDownloads = 16;
/** So long a manifest that could not be had is not asked for again. */
const missingMs = 2_000;
/** What manifests name, kept in memory: of all together. */
const maxKnown = 200_000;

export class ImageStore {
  readonly #options: ImageStoreOptions;
  readonly #slots = new Slots({
    ...{ size: maxDownloads, maxWaiting: 4096 },
    // A registry that is slow holds up no other.
    ofOne: { size: maxDownloads - 4, maxWaiting: 4096 },
  });
  readonly #known = new Map<string, readonly Descriptor[]>();
  #named = 0;
  readonly #reading = new Map<string, Promise<VerifiedManifest>>();
  readonly #underWay = new Set<Promise<void>>();
  upstreamBytes = 0;
  hits = 0;

  constructor(options: ImageStoreOptions) {
    this.#options = options;
  }

  /** What a manifest names, if it was read before. */
  childrenOf(digest: string): readonly Descriptor[] | undefined {
    return this.#known.get(digest);
  }

  /**
   * Read and verified. @throws TowlineError GATEWAY_IMAGE_UNKNOWN, GATEWAY_REGISTRY_UNREACHABLE, GATEWAY_REGISTRY_ANSWER,
   *   GATEWAY_IMAGE_TOO_LARGE
   */
  manifest(place: Place, digest: string): Promise<VerifiedManifest> {
    const reading = this.#reading.get(digest);
    if (reading !== undefined) return reading;
    const begun = this.#manifest(place, digest);
    this.#reading.set(digest, begun);
    const over = () => this.#reading.delete(digest);
    // What is not there is not asked for again at once, whoever asks.
    begun.then(over, () => setTimeout(over, missingMs).unref());
    return begun;
  }

  /** What a name leads to there now: a signature's, which no release pins. @throws as `manifest` */
  async attached(place: Place, rest: string): Promise<Buffer> {
    const { repository, registry } = place;
    const answer = await registry.ask({ method: 'GET', repository, rest }, this.#options.signal);
    const bytes = await readWhole(answer, maxManifestBytes);
    this.upstreamBytes += bytes.length;
    return bytes;
  }

  /** Keeps a manifest that was read under another name than its digest. @throws as `manifest` */
  async keepManifest(bytes: Buffer): Promise<VerifiedManifest> {
    const digest = digestOf(bytes);
    if (this.#options.cache.find(digest) === undefined) await this.#write(digest, bytes);
    return this.#verified(digest, bytes);
  }

  /** Whether it is there, without bringing it. @throws as `manifest` */
  async has({ registry, repository }: Place, { digest, size }: Descriptor): Promise<void> {
    if (this.#options.cache.find(digest, size) !== undefined) return;
    const rest = `/blobs/${digest}`;
    (await registry.ask({ method: 'HEAD', repository, rest }, this.#options.signal)).destroy();
  }

  /** Whole, or on its way. @throws TowlineError GATEWAY_IMAGE_TOO_LARGE */
  blob(place: Place, { digest, size }: Descriptor): Blob {
    const found = this.#options.cache.find(digest, size);
    if (found !== undefined) {
      this.hits += 1;
      return found;
    }
    const { blob, incoming } = this.#options.cache.begin(digest, size);
    const leave = blob.enter();
    const work = this.#bring(place, blob, incoming).finally(leave);
    this.#underWay.add(work);
    work.finally(() => this.#underWay.delete(work)).catch(() => undefined);
    return blob;
  }

  async settled(): Promise<void> {
    await Promise.allSettled(this.#underWay);
  }

  async #bring({ registry, repository }: Place, blob: Blob, incoming: string): Promise<void> {
    const { cache, pace, signal, log } = this.#options;
    try {
      using _slot = await this.#slots.take(signal, registry.name);
      const rest = `/blobs/${blob.digest}`;
      const answer = await registry.ask({ method: 'GET', repository, rest }, signal);
      const onBytes = (bytes: number) => {
        this.upstreamBytes += bytes;
      };
      await download(answer, blob, { pace, signal, onBytes });
      await cache.keep(blob, incoming);
    } catch (error) {
      const cause = error instanceof Error ? error : new Error(String(error));
      log.warn({ registry: registry.name, repository, digest: blob.digest, error: cause.message }, 'no blob');
      await cache.drop(blob, incoming, cause);
    }
  }

  async #manifest(place: Place, digest: string): Promise<VerifiedManifest> {
    const kept = await this.#kept(digest);
    if (kept !== undefined) return this.#verified(digest, kept);
    const bytes = await this.attached(place, `/manifests/${digest}`);
    const found = digestOf(bytes);
    if (found !== digest)
      throw new TowlineError('GATEWAY_REGISTRY_ANSWER', `the manifest ${digest} hashes to ${found}`);
    const verified = this.#verified(digest, bytes);
    await this.#write(digest, bytes);
    return verified;
  }

  /** What the disk has made of it is not taken for what it was. */
  async #kept(digest: string): Promise<Buffer | undefined> {
    const blob = this.#options.cache.find(digest);
    if (blob === undefined || !blob.isWhole || blob.size > maxManifestBytes) return undefined;
    const leave = blob.enter();
    try {
      const bytes = await blob.read(Buffer.alloc(blob.size), 0);
      return digestOf(bytes) === digest ? bytes : undefined;
    } catch {
      return undefined;
    } finally {
      leave();
    }
  }

  /** What cannot be kept is served all the same. */
  async #write(digest: string, bytes: Buffer): Promise<void> {
    const { cache, log } = this.#options;
    try {
      const { blob, incoming } = cache.begin(digest, bytes.length);
      const leave = blob.enter();
      try {
        await blob.append(bytes);
        await cache.keep(blob, incoming);
      } catch (cause) {
        await cache.drop(blob, incoming, new Error('it cannot be kept', { cause }));
        throw cause;
      } finally {
        leave();
      }
    } catch (error) {
      log.warn({ digest, error: messageOf(error) }, 'a manifest cannot be kept');
    }
  }

  #verified(digest: string, bytes: Buffer): VerifiedManifest {
    const manifest = readManifest(bytes);
    if (manifest === undefined)
      throw new TowlineError('GATEWAY_REGISTRY_ANSWER', `${digest} is no manifest that devices can use`);
    if (!this.#known.has(digest)) this.#named += manifest.children.length + 1;
    if (this.#named > maxKnown) {
      this.#known.clear();
      this.#named = manifest.children.length + 1;
    }
    this.#known.set(digest, manifest.children);
    return { ...manifest, digest, bytes };
  }
}
