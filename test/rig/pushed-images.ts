/** Images as Docker's builder pushes them to a registry, for several platforms. */
import { digestOf } from '../../core/images/digest.ts';
import { putBlob, putManifest } from '../../lab/rig/oci-image.ts';

const layerType = 'application/vnd.docker.image.rootfs.diff.tar.gzip';
const indexType = 'application/vnd.docker.distribution.manifest.list.v2+json';

export const sha256 = (text: string): string => digestOf(Buffer.from(text));

/** @param layers as a manifest lists them */
export const imageManifest = (config: string, layers: readonly object[] = []) => ({
  schemaVersion: 2,
  mediaType: 'application/vnd.docker.distribution.manifest.v2+json',
  config: {
    mediaType: 'application/vnd.docker.container.image.v1+json',
    size: config.length,
    digest: sha256(config),
  },
  layers,
});

/** @returns the digest of its index */
export async function pushIndex(
  registry: string,
  repository: string,
  tag: string,
  { architectures = ['amd64', 'arm64'], layer }: { architectures?: readonly string[]; layer?: Buffer } = {},
): Promise<string> {
  const layers =
    layer === undefined ? [] : [{ mediaType: layerType, size: layer.length, digest: digestOf(layer) }];
  if (layer !== undefined) await putBlob(registry, repository, layer);
  const manifests = [];
  for (const architecture of architectures) {
    const config = JSON.stringify({ architecture, os: 'linux', rootfs: { type: 'layers', diff_ids: [] } });
    await putBlob(registry, repository, Buffer.from(config));
    const manifest = imageManifest(config, layers);
    const { digest, bytes } = await putManifest(registry, repository, '', manifest);
    const platform = { architecture, os: 'linux' };
    manifests.push({ mediaType: manifest.mediaType, size: bytes.length, digest, platform });
  }
  const index = { schemaVersion: 2, mediaType: indexType, manifests };
  return (await putManifest(registry, repository, tag, index)).digest;
}
