/**
 * Granted is a digest: what the releases of a device pin, and what those manifests name, once the gateway has read them.
 * Repositories only say where it lies.
 */
import { isTowlineError } from '../../core/errors.ts';
import type { PinnedImage } from '../../core/images/digest.ts';
import type { Descriptor } from '../../core/io/registry/manifest.ts';
import { type ImageReference, parseReference } from '../../core/io/registry/reference.ts';
import { registrySegment } from '../../core/io/registry/registry-path.ts';
import type { ImageStore, Place } from './image-store.ts';

/** Docker Hub, as it is asked and as it is named. */
const hub = { asked: 'registry-1.docker.io', named: 'docker.io' } as const;
/** An index may lead to an index; nobody needs more. */
const maxDepth = 4;
/** Manifests that are read for one question. */
const maxRead = 64;
/** Signatures and the like of one manifest. */
const maxAttached = 64;
const maxSubjects = 4096;

export interface NamedPlace extends Place {
  /** Of the repository at the gateway. */
  readonly name: string;
}

/** What is pinned of one repository, as its name is at the gateway. */
export interface Pinned {
  readonly tag: string | undefined;
  readonly digest: string;
}

/** @param name of a repository at the gateway: `registry.example.com_5000/pump/web` */
export function pinnedIn(name: string, images: readonly PinnedImage[]): Pinned[] {
  return images.flatMap(({ image, digest }) => {
    const reference = referenceOf(image);
    return nameOf(reference) === name ? [{ tag: reference?.tag, digest }] : [];
  });
}

/** What the repository of an image is called at the gateway; undefined: it is in none. */
export function nameAtGateway(image: string): string | undefined {
  return nameOf(referenceOf(image));
}

function nameOf(reference: ImageReference | undefined): string | undefined {
  if (reference === undefined) return undefined;
  const registry = reference.registry === hub.asked ? hub.named : reference.registry;
  return `${registrySegment(registry)}/${reference.repository}`;
}

function referenceOf(image: string) {
  try {
    return parseReference(image);
  } catch {
    // `validate` has said so; here it pins nothing.
    return undefined;
  }
}

export class Grants {
  readonly #store: ImageStore;
  /** Repository and digest → manifests that were attached to it: signatures. */
  readonly #attached = new Map<string, Set<string>>();

  constructor(store: ImageStore) {
    this.#store = store;
  }

  /** From now on what is attached to a granted digest is granted with it. */
  attach(name: string, subject: string, manifest: string): void {
    if (this.#attached.size >= maxSubjects) this.#attached.clear();
    const key = `${name}@${subject}`;
    const known = this.#attached.get(key) ?? new Set();
    this.#attached.set(key, known);
    if (known.size < maxAttached) known.add(manifest);
  }

  /**
   * What `digest` is, where the pinned ones lead to it; undefined where they do not.
   * @throws TowlineError as `ImageStore.manifest`, where a manifest that might lead to it cannot be read
   */
  async find(place: NamedPlace, pinned: readonly Pinned[], digest: string): Promise<Descriptor | undefined> {
    const roots = [...new Set(pinned.map(each => each.digest))];
    if (roots.includes(digest)) return asManifest(digest);
    const tried = new Set<string>();
    let failure: unknown;
    for (let read = 0; read <= maxRead; read += 1) {
      const unread = new Set<string>();
      const found = this.#search(place.name, roots, digest, unread);
      if (found !== undefined) return found;
      const next = unread.difference(tried).values().next().value;
      if (next === undefined) break;
      tried.add(next);
      await this.#store.manifest(place, next).catch((error: unknown) => {
        // Of many platforms a registry may have lost some.
        if (!isTowlineError(error, 'GATEWAY_IMAGE_UNKNOWN')) failure = error;
      });
    }
    if (failure !== undefined) throw failure;
    return undefined;
  }

  /** Breadth first; what was not read yet goes to `unread`. */
  #search(
    name: string,
    roots: readonly string[],
    digest: string,
    unread: Set<string>,
  ): Descriptor | undefined {
    const seen = new Set<string>(roots);
    let level = roots;
    for (let depth = 0; depth < maxDepth && level.length > 0; depth += 1) {
      const next: string[] = [];
      for (const manifest of level) {
        const children = this.#store.childrenOf(manifest);
        if (children === undefined) unread.add(manifest);
        const attached = [...(this.#attached.get(`${name}@${manifest}`) ?? [])];
        for (const child of [...(children ?? []), ...attached.map(asManifest)]) {
          if (child.digest === digest) return child;
          if (child.kind === 'blob' || seen.has(child.digest)) continue;
          seen.add(child.digest);
          next.push(child.digest);
        }
      }
      level = next;
    }
    return undefined;
  }
}

/** How long it is nobody has said. */
const asManifest = (digest: string): Descriptor => ({ digest, size: 0, kind: 'manifest' });
