/** Whether a bundle has what its images name, all of it and nothing else. */
import { TowlineError } from '../errors.ts';
import { type Descriptor, readManifest } from '../images/manifest.ts';
import type { BundleContents } from './contents.ts';
import type { BundleEntry } from './table.ts';

const missing = (why: string) => new TowlineError('BUNDLE_IMAGE_MISSING', why);
const unnamed = (why: string) => new TowlineError('BUNDLE_FORMAT', why);

export class NamedParts {
  readonly #entries: ReadonlyMap<string, BundleEntry>;
  readonly #leftOut: ReadonlySet<string>;
  /** Manifests that the contents or an index named. */
  readonly #manifests: Set<string>;
  /** An index names none of these: whoever follows them would have no end of it. */
  readonly #indexes = new Set<string>();
  readonly #inIndex = new Set<string>();
  /** Configurations and layers. */
  readonly #blobs = new Set<string>();
  readonly #agents: readonly string[];
  #isWhole = false;

  constructor({ images, agents = [] }: BundleContents, entries: readonly BundleEntry[]) {
    this.#entries = new Map(entries.map(entry => [entry.digest, entry]));
    this.#leftOut = new Set(images.flatMap(({ leftOut }) => leftOut));
    this.#manifests = new Set(images.map(({ digest }) => digest));
    this.#agents = agents;
  }

  /** @param bytes whose digest was compared @throws TowlineError IMAGE_REFUSED, BUNDLE_FORMAT, BUNDLE_IMAGE_MISSING */
  manifest({ digest }: BundleEntry, bytes: Buffer): void {
    if (!this.#manifests.has(digest)) throw unnamed(`nothing names the manifest ${digest}`);
    const manifest = readManifest(bytes);
    if (manifest.kind === 'index') {
      this.#index(digest, manifest.manifests);
      return;
    }
    this.#blob(manifest.config);
    for (const layer of manifest.layers) if (!this.#isLeftOut(layer)) this.#blob(layer);
  }

  #isLeftOut({ digest }: Descriptor): boolean {
    if (!this.#leftOut.has(digest)) return false;
    if (this.#entries.has(digest)) throw unnamed(`${digest} is said to be left out, and is not`);
    this.#blobs.add(digest);
    return true;
  }

  /** Of its platforms some are enough, those that the devices have. */
  #index(digest: string, manifests: readonly Descriptor[]): void {
    const here = manifests.filter(each => this.#entries.get(each.digest)?.size === each.size);
    if (here.length === 0) throw missing(`the bundle has no image of the index ${digest}`);
    this.#indexes.add(digest);
    for (const each of here) {
      this.#manifests.add(each.digest);
      this.#inIndex.add(each.digest);
    }
    const nested = [digest, ...here.map(each => each.digest)].find(
      each => this.#indexes.has(each) && this.#inIndex.has(each),
    );
    if (nested !== undefined) throw new TowlineError('IMAGE_REFUSED', `${nested} is an index in an index`);
  }

  #blob({ digest, size }: Descriptor): void {
    const entry = this.#entries.get(digest);
    if (entry?.kind !== 'blob') throw missing(`the bundle lacks ${digest}, which one of its images names`);
    if (entry.size !== size) throw unnamed(`${digest} has ${entry.size} bytes, its image says ${size}`);
    this.#blobs.add(digest);
  }

  /** After the last manifest. @throws TowlineError BUNDLE_FORMAT for a blob or a digest left out that no image names */
  assertWhole(): void {
    if (this.#isWhole) return;
    for (const digest of this.#agents) {
      if (this.#entries.get(digest)?.kind !== 'blob') throw missing(`the bundle lacks the part ${digest}`);
      this.#blobs.add(digest);
    }
    const blobs = [...this.#entries.values()].filter(({ kind }) => kind === 'blob');
    const named = [...blobs.map(({ digest }) => digest), ...this.#leftOut];
    const extra = named.find(digest => !this.#blobs.has(digest));
    if (extra !== undefined) throw unnamed(`no image in the bundle names ${extra}`);
    this.#isWhole = true;
  }
}
