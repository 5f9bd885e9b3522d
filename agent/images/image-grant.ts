/** What one pull may ask for: the digest that is wanted, and what its manifests name. Nothing else is handed to anybody. */
import { TowlineError } from '../../core/errors.ts';
import { digestOf } from '../../core/images/digest.ts';
import { maxManifestBytes } from '../../core/images/manifest.ts';
import { type Descriptor, type Manifest, readManifest } from '../../core/io/registry/manifest.ts';
import { type GatewayBytes, refusedImage } from './gateway-bytes.ts';

export interface ReadManifest extends Manifest {
  readonly digest: string;
  readonly bytes: Buffer;
}

export interface GrantedImage {
  /** Of the repository at the gateway. */
  readonly name: string;
  readonly digest: string;
  readonly onRefused: (error: TowlineError) => void;
}

/** Indexes, platforms, attestations of one image. */
const maxManifests = 64;

export class ImageGrant {
  /** Of the repository at the gateway: `registry.example.com_5000/pump/web`. */
  readonly name: string;
  readonly #gateway: GatewayBytes;
  readonly #granted = new Map<string, Descriptor>();
  readonly #manifests = new Map<string, Promise<ReadManifest>>();
  /** Layers of the manifest that the engine has chosen → their size. */
  readonly #layers = new Map<string, number>();
  #bytes = 0;
  readonly #onRefused: (error: TowlineError) => void;

  /** @param wanted `onRefused`: the engine knows no more than that it did not get it */
  constructor(gateway: GatewayBytes, wanted: GrantedImage) {
    const { name, digest, onRefused } = wanted;
    this.#gateway = gateway;
    this.#onRefused = onRefused;
    this.name = name;
    this.#granted.set(digest, { digest, size: maxManifestBytes, kind: 'manifest' });
  }

  /** How far it is. `totalBytes` is of all that the engine has still to get. */
  get progress(): { layers: number; bytes: number; totalBytes: number } {
    const totalBytes = [...this.#layers.values()].reduce((sum, size) => sum + size, 0);
    return { layers: this.#layers.size, bytes: Math.min(this.#bytes, totalBytes), totalBytes };
  }

  /** The engine has this layer already. @param short the first digits of its digest, as engines tell it */
  isThere(short: string): void {
    for (const digest of this.#layers.keys())
      if (digest.startsWith(`sha256:${short}`) && short.length >= 12) this.#layers.delete(digest);
  }

  blob(digest: string): Descriptor | undefined {
    const found = this.#granted.get(digest);
    return found?.kind === 'blob' ? found : undefined;
  }

  /** @returns undefined where it is not granted. @throws TowlineError ENGINE_…; the signal's reason */
  manifest(digest: string, signal: AbortSignal): Promise<ReadManifest> | undefined {
    if (this.#granted.get(digest)?.kind !== 'manifest') return undefined;
    const known = this.#manifests.get(digest);
    if (known !== undefined) return known;
    if (this.#manifests.size >= maxManifests) return undefined;
    const reading = this.#read(digest, signal);
    this.#manifests.set(digest, reading);
    reading.catch(() => this.#manifests.delete(digest));
    return reading;
  }

  /** The bytes of a blob from a place on. @throws TowlineError ENGINE_…; the signal's reason */
  async *read({ digest, size }: Descriptor, from: number, signal: AbortSignal): AsyncGenerator<Uint8Array> {
    try {
      const path = `/v2/${this.name}/blobs/${digest}`;
      for await (const piece of this.#gateway.read({ path, from, to: size }, signal)) {
        if (this.#layers.has(digest)) this.#bytes += piece.length;
        yield piece;
      }
    } catch (error) {
      throw this.#noted(error);
    }
  }

  async #read(digest: string, signal: AbortSignal): Promise<ReadManifest> {
    try {
      const path = `/v2/${this.name}/manifests/${digest}`;
      const bytes = await this.#gateway.whole(path, maxManifestBytes, signal);
      const found = digestOf(bytes);
      if (found !== digest) throw refusedImage(502, `the gateway sent ${found} for ${digest}`);
      const manifest = readManifest(bytes);
      if (manifest === undefined) throw refusedImage(502, `${digest} is no manifest of an image`);
      for (const child of manifest.children) this.#granted.set(child.digest, child);
      const blobs = manifest.children.filter(({ kind }) => kind === 'blob');
      for (const { digest: layer, size } of blobs.slice(1)) this.#layers.set(layer, size);
      return { ...manifest, digest, bytes };
    } catch (error) {
      throw this.#noted(error);
    }
  }

  #noted(error: unknown): unknown {
    if (error instanceof TowlineError) this.#onRefused(error);
    return error;
  }
}
