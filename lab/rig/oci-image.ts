/** Images of random layers, put into a registry by its own API: no engine is needed where nothing of them runs. */
import { randomBytes } from 'node:crypto';
import { digestOf } from '../../core/images/digest.ts';
import { ociImage, ociIndex } from '../../core/images/manifest.ts';

export interface PutImage {
  /** `127.0.0.1:5000/pump/web:1.0` */
  readonly image: string;
  readonly repository: string;
  /** Of the index. */
  readonly digest: string;
  readonly index: Buffer;
  readonly manifest: { readonly digest: string; readonly bytes: Buffer };
  readonly config: string;
  readonly layers: readonly { readonly digest: string; readonly bytes: Buffer }[];
}

/** @returns its digest */
export async function putBlob(registry: string, repository: string, bytes: Buffer): Promise<string> {
  const digest = digestOf(bytes);
  const begun = await fetch(`http://${registry}/v2/${repository}/blobs/uploads/`, { method: 'POST' });
  const url = new URL(begun.headers.get('location') ?? '', `http://${registry}`);
  url.searchParams.set('digest', digest);
  const headers = { 'content-type': 'application/octet-stream' };
  const put = await fetch(url, { method: 'PUT', body: new Uint8Array(bytes), headers });
  if (put.status !== 201) throw new Error(`the registry takes no blob: ${put.status} ${await put.text()}`);
  return digest;
}

/** @param reference a tag, or the digest */
export async function putManifest(
  registry: string,
  repository: string,
  reference: string,
  value: { readonly mediaType: string; readonly [key: string]: unknown },
): Promise<{ digest: string; bytes: Buffer }> {
  const bytes = Buffer.from(JSON.stringify(value));
  const digest = digestOf(bytes);
  const url = `http://${registry}/v2/${repository}/manifests/${reference === '' ? digest : reference}`;
  const headers = { 'content-type': value.mediaType };
  const put = await fetch(url, { method: 'PUT', body: new Uint8Array(bytes), headers });
  if (put.status !== 201)
    throw new Error(`the registry takes no manifest: ${put.status} ${await put.text()}`);
  return { digest, bytes };
}

/** An index of one platform. @param sizes of its layers, bytes */
export async function putImage(
  registry: string,
  repository: string,
  tag: string,
  sizes: readonly number[],
): Promise<PutImage> {
  const layers = sizes.map(size => randomBytes(size));
  const config = Buffer.from(
    JSON.stringify({
      ...{ architecture: 'amd64', os: 'linux', random: randomBytes(8).toString('hex') },
      // As large as an engine expects it; what the layers hold is no tar.
      rootfs: { type: 'layers', diff_ids: layers.map(digestOf) },
    }),
  );
  for (const bytes of [config, ...layers]) await putBlob(registry, repository, bytes);
  const described = (mediaType: string, bytes: Buffer) => ({
    mediaType,
    digest: digestOf(bytes),
    size: bytes.length,
  });
  const manifest = await putManifest(registry, repository, '', {
    schemaVersion: 2,
    mediaType: ociImage,
    config: described('application/vnd.oci.image.config.v1+json', config),
    layers: layers.map(bytes => described('application/vnd.oci.image.layer.v1.tar', bytes)),
  });
  const platform = { architecture: 'amd64', os: 'linux' };
  const index = await putManifest(registry, repository, tag, {
    schemaVersion: 2,
    mediaType: ociIndex,
    manifests: [{ ...described(ociImage, manifest.bytes), platform }],
  });
  return {
    image: `${registry}/${repository}:${tag}`,
    repository,
    digest: index.digest,
    index: index.bytes,
    manifest,
    config: digestOf(config),
    layers: layers.map(bytes => ({ digest: digestOf(bytes), bytes })),
  };
}
