/** Where images of production are read from: a registry that this machine reaches, or a bundle that it has. */
import { stat } from 'node:fs/promises';
import type { PinnedImage } from '../../core/images/digest.ts';
import type { Descriptor } from '../../core/images/manifest.ts';
import type { ImageOrigin } from '../../lab/mirror/copied-images.ts';

type OpenedOrigin = ImageOrigin & AsyncDisposable;

/** Another registry with the same repositories. */
async function registryOrigin(
  registry: string,
  insecure: readonly string[],
  signal: AbortSignal,
): Promise<OpenedOrigin> {
  const { RegistryImages } = await import('../bundle/registry-images.ts');
  const images = new RegistryImages(insecure, signal);
  const there = ({ image, digest }: PinnedImage): PinnedImage => ({
    image: `${registry}/${image.slice(image.indexOf('/') + 1)}`,
    digest,
  });
  return {
    manifest: (image, digest) => images.manifest(there(image), digest),
    blob: (image, blob) => images.blob(there(image), blob),
    [Symbol.asyncDispose]: async () => {},
  };
}

/** Each image from the registry that its reference names. */
async function ownOrigin(insecure: readonly string[], signal: AbortSignal): Promise<OpenedOrigin> {
  const { RegistryImages } = await import('../bundle/registry-images.ts');
  const images = new RegistryImages(insecure, signal);
  return {
    manifest: (image, digest) => images.manifest(image, digest),
    blob: (image, blob) => images.blob(image, blob),
    [Symbol.asyncDispose]: async () => {},
  };
}

/** A bundle is one stream: its parts are laid into a folder first, by their digests. */
async function bundleOrigin(file: string, signal: AbortSignal): Promise<OpenedOrigin> {
  const { mkdtemp, readFile, rm } = await import('node:fs/promises');
  const { createReadStream, createWriteStream } = await import('node:fs');
  const { pipeline } = await import('node:stream/promises');
  const path = await import('node:path');
  const { bundleIn } = await import('../bundle/input.ts');
  const folder = await mkdtemp(path.join(path.dirname(path.resolve(file)), '.towline-lab-'));
  const place = (digest: string) => path.join(folder, digest.slice('sha256:'.length));
  const there = new Set<string>();
  try {
    const opened = await bundleIn(file, signal);
    for await (const { kind, digest, bytes } of opened.parts()) {
      if (kind === 'git') continue;
      await pipeline(bytes, createWriteStream(place(digest)), { signal });
      there.add(digest);
    }
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
  return {
    manifest: async (_image, digest) => (there.has(digest) ? await readFile(place(digest)) : undefined),
    blob: (_image: PinnedImage, { digest }: Descriptor) => createReadStream(place(digest)),
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  };
}

/** @param from `registry` for each image's own, host[:port] of another one, or a bundle's file */
export async function originOf(
  from: string,
  insecure: readonly string[],
  signal: AbortSignal,
): Promise<OpenedOrigin> {
  if (from === 'registry') return await ownOrigin(insecure, signal);
  const found = await stat(from).catch(() => undefined);
  if (found?.isFile() === true) return await bundleOrigin(from, signal);
  return await registryOrigin(from, insecure, signal);
}
