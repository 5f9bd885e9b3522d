/** What registries have of images: whether a manifest is there, and which others it names. */

import { isTowlineError } from '../../core/errors.ts';
import { readManifest } from '../../core/images/manifest.ts';
import { RegistryClient } from '../../core/io/registry/client.ts';
import type { ImageReference } from '../../core/io/registry/reference.ts';
import { readCredentials } from '../release/registry-credentials.ts';

/** Of silence of a registry. */
const timeoutMs = 30_000;

export class RegistryManifests {
  readonly #client: RegistryClient;

  /** @param insecure registries that are asked without TLS */
  constructor(insecure: readonly string[], signal: AbortSignal) {
    const credentials = (registry: string) => readCredentials(registry, process.env);
    this.#client = new RegistryClient({ credentials, insecure, timeoutMs, signal });
  }

  /** @returns digests of manifests that it names; undefined: it is not there. @throws TowlineError CLI_REGISTRY_… */
  async children(reference: ImageReference): Promise<readonly string[] | undefined> {
    const bytes = await this.#client.found(reference);
    if (bytes === undefined) return undefined;
    try {
      const manifest = readManifest(bytes);
      return manifest.kind === 'index' ? manifest.manifests.map(({ digest }) => digest) : [];
    } catch (error) {
      // None that a device ever ran: it may go, and nothing is known of what it names.
      if (isTowlineError(error, 'IMAGE_REFUSED')) return [];
      throw error;
    }
  }

  /** @throws TowlineError REGISTRY_DELETE_REFUSED, CLI_REGISTRY_UNREACHABLE */
  remove(reference: ImageReference): Promise<boolean> {
    return this.#client.remove(reference);
  }
}
