/** Images as their registries have them: each answer is compared with its digest. */
import type { ImageStore } from '../../core/bundle/image-parts.ts';
import type { PinnedImage } from '../../core/images/digest.ts';
import type { Descriptor } from '../../core/images/manifest.ts';
import { RegistryClient } from '../../core/io/registry/client.ts';
import { type ImageReference, parseReference } from '../../core/io/registry/reference.ts';
import { readCredentials } from '../release/registry-credentials.ts';

/** Of silence of a registry. */
const timeoutMs = 30_000;

export class RegistryImages implements ImageStore {
  readonly #client: RegistryClient;

  /** @param insecure registries that are asked without TLS */
  constructor(insecure: readonly string[], signal: AbortSignal) {
    const credentials = (registry: string) => readCredentials(registry, process.env);
    this.#client = new RegistryClient({ credentials, insecure, timeoutMs, signal });
  }

  #reference({ image }: PinnedImage, digest: string): ImageReference {
    return { ...parseReference(image), tag: undefined, digest };
  }

  manifest(image: PinnedImage, digest: string): Promise<Buffer | undefined> {
    return this.#client.found(this.#reference(image, digest));
  }

  blob(image: PinnedImage, blob: Descriptor): AsyncIterable<Uint8Array> {
    return this.#client.blob(this.#reference(image, blob.digest), blob);
  }
}
