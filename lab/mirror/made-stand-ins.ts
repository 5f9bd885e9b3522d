/** An image in place of each of production's: busybox, and which one it stands for. They share their only layer. */
import { readFileSync } from 'node:fs';
import { digestOf } from '../../core/images/digest.ts';
import { ociImage } from '../../core/images/manifest.ts';
import { findCommand, requireCommands } from '../machine/packages.ts';
import { tarArchive } from '../machine/tar.ts';
import { pathOf } from './copied-images.ts';
import type { WantedImage } from './plan-keys.ts';
import type { RegistryStorage } from './registry-storage.ts';
import type { StandInDigests } from './stand-in-images.ts';

const applets = [
  'sh',
  'sleep',
  'true',
  'cat',
  'ls',
  'echo',
  'env',
  'id',
  'ps',
  'wget',
  'nc',
  'date',
  'hostname',
];
const processors: Readonly<Record<string, string>> = { x64: 'amd64', arm64: 'arm64', arm: 'arm' };

function layerBytes(): Buffer {
  requireCommands(['busybox']);
  const busybox = findCommand('busybox') ?? 'busybox';
  return tarArchive([
    { path: 'bin/busybox', mode: 0o755, bytes: readFileSync(busybox) },
    ...applets.map(applet => ({ path: `bin/${applet}`, link: 'busybox' })),
    { path: 'etc/passwd', bytes: 'root:x:0:0:root:/:/bin/sh\n' },
    { path: 'etc/group', bytes: 'root:x:0:\n' },
  ]);
}

async function* single(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

/** @returns production's digests → those of the stand-ins */
export async function makeStandIns(
  images: readonly WantedImage[],
  storage: RegistryStorage,
  signal: AbortSignal,
): Promise<StandInDigests> {
  const layer = layerBytes();
  const described = (mediaType: string, bytes: Buffer) => ({
    mediaType,
    digest: digestOf(bytes),
    size: bytes.length,
  });
  const digests = new Map<string, string>();
  for (const { repository, digest } of images) {
    signal.throwIfAborted();
    const config = Buffer.from(
      JSON.stringify({
        ...{ architecture: processors[process.arch] ?? process.arch, os: 'linux' },
        config: { Env: ['PATH=/bin'], Cmd: ['/bin/sh'], Labels: { 'io.towline.stands-for': digest } },
        rootfs: { type: 'layers', diff_ids: [digestOf(layer)] },
      }),
    );
    const manifest = Buffer.from(
      JSON.stringify({
        ...{ schemaVersion: 2, mediaType: ociImage },
        config: described('application/vnd.oci.image.config.v1+json', config),
        layers: [described('application/vnd.oci.image.layer.v1.tar', layer)],
      }),
    );
    for (const blob of [layer, config])
      await storage.putBlob(pathOf(repository), digestOf(blob), single(blob));
    await storage.putManifest(pathOf(repository), digestOf(manifest), manifest);
    digests.set(digest, digestOf(manifest));
  }
  return digests;
}
