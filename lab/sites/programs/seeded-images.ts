/**
 * Images of the app that a new fleet has, put into a registry's folder before it starts: no engine is needed to make them. As
 * the distribution project keeps them (registry/storage/paths.go), in the formats of Docker, which know health checks.
 */
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { TowlineError } from '../../../core/errors.ts';
import { findCommand } from '../../machine/packages.ts';
import { tarArchive } from '../../machine/tar.ts';

export interface SeededImage {
  readonly repository: string;
  readonly tag: string;
  /** What its container does. */
  readonly does: 'web' | 'worker' | 'unhealthy';
}

/** Three releases of `hello`: the second changes one of two services, the third never becomes healthy. */
export const helloImages: readonly SeededImage[] = [
  { repository: 'hello/web', tag: '1.0.0', does: 'web' },
  { repository: 'hello/worker', tag: '1.0.0', does: 'worker' },
  { repository: 'hello/web', tag: '1.1.0', does: 'web' },
  { repository: 'hello/worker', tag: '1.1.0', does: 'worker' },
  { repository: 'hello/web', tag: '1.2.0', does: 'unhealthy' },
  { repository: 'hello/worker', tag: '1.2.0', does: 'worker' },
];

const types = {
  manifest: 'application/vnd.docker.distribution.manifest.v2+json',
  config: 'application/vnd.docker.container.image.v1+json',
  layer: 'application/vnd.docker.image.rootfs.diff.tar.gzip',
};
const applets = [
  'sh',
  'httpd',
  'wget',
  'sleep',
  'cat',
  'echo',
  'ls',
  'date',
  'hostname',
  'id',
  'ps',
  'nc',
  'true',
  'false',
];
const architectures: Readonly<Record<string, string>> = { x64: 'amd64', arm64: 'arm64', arm: 'arm' };
const secondNs = 1e9;

/** As process 1 a shell gets no default signal actions: without the trap each stop would take ten seconds. */
const untilStopped = (command: string): string => `trap 'exit 0' TERM INT; ${command} & wait $!`;
const serve = untilStopped('httpd -f -p 8080 -h /www');
const work = untilStopped('while :; do echo "working at $(cat /www/version)"; sleep 1; done');
const check = (...test: string[]) => ({
  Healthcheck: { Test: ['CMD', ...test], Interval: secondNs, Timeout: 2 * secondNs, Retries: 2 },
});

const behaviours: Readonly<Record<SeededImage['does'], object>> = {
  web: {
    ...check('/bin/wget', '-q', '-O', '/dev/null', 'http://127.0.0.1:8080/version'),
    ...{ Cmd: ['/bin/sh', '-c', serve], ExposedPorts: { '8080/tcp': {} } },
  },
  worker: { Cmd: ['/bin/sh', '-c', work] },
  unhealthy: { ...check('/bin/false'), Cmd: ['/bin/sh', '-c', serve], ExposedPorts: { '8080/tcp': {} } },
};

const hexOf = (bytes: Uint8Array | string): string => createHash('sha256').update(bytes).digest('hex');

interface Blob {
  readonly hex: string;
  readonly bytes: Buffer;
}

interface Layer extends Blob {
  /** Of the archive before it was compressed. */
  readonly contentHex: string;
}

function layerOf(archive: Buffer): Layer {
  const bytes = gzipSync(archive, { level: 6 });
  return { hex: hexOf(bytes), bytes, contentHex: hexOf(archive) };
}

function baseLayer(): Layer {
  const busybox = findCommand('busybox');
  if (busybox === undefined) throw new TowlineError('LAB_MACHINE', 'missing on this machine: busybox-static');
  return layerOf(
    tarArchive([
      { path: 'bin/busybox', mode: 0o755, bytes: readFileSync(busybox) },
      ...applets.map(applet => ({ path: `bin/${applet}`, link: 'busybox' })),
      { path: 'etc/passwd', bytes: 'root:x:0:0:root:/:/bin/sh\n' },
    ]),
  );
}

const blobOf = (value: unknown): Blob => {
  const bytes = Buffer.from(JSON.stringify(value));
  return { hex: hexOf(bytes), bytes };
};

class RegistryFolder {
  readonly #root: string;

  constructor(folder: string) {
    this.#root = path.join(folder, 'docker/registry/v2');
  }

  #write(file: string, bytes: Uint8Array | string): void {
    const whole = path.join(this.#root, file);
    mkdirSync(path.dirname(whole), { recursive: true });
    writeFileSync(whole, bytes);
  }

  blob({ hex, bytes }: Blob): void {
    this.#write(`blobs/sha256/${hex.slice(0, 2)}/${hex}/data`, bytes);
  }

  /** @param parts layers and configuration */
  image({ repository, tag }: SeededImage, manifest: Blob, parts: readonly Blob[]): void {
    const place = `repositories/${repository}`;
    for (const part of [...parts, manifest]) this.blob(part);
    for (const { hex } of parts) this.#write(`${place}/_layers/sha256/${hex}/link`, `sha256:${hex}`);
    const { hex } = manifest;
    this.#write(`${place}/_manifests/revisions/sha256/${hex}/link`, `sha256:${hex}`);
    this.#write(`${place}/_manifests/tags/${tag}/current/link`, `sha256:${hex}`);
    this.#write(`${place}/_manifests/tags/${tag}/index/sha256/${hex}/link`, `sha256:${hex}`);
  }
}

/** @param folder `rootdirectory` of the registry. @throws TowlineError LAB_MACHINE without a static busybox */
export function seedImages(folder: string, images: readonly SeededImage[]): void {
  const registry = new RegistryFolder(folder);
  const base = baseLayer();
  for (const image of images) {
    // Of a worker the tag is another name of the same image, as where nobody has built it anew.
    const version = image.does === 'worker' ? '1' : image.tag;
    const content = layerOf(tarArchive([{ path: 'www/version', bytes: `${version}\n` }]));
    const layers = [base, content];
    const config = blobOf({
      ...{ architecture: architectures[process.arch] ?? process.arch, os: 'linux' },
      config: { Env: ['PATH=/bin'], ...behaviours[image.does] },
      rootfs: { type: 'layers', diff_ids: layers.map(({ contentHex }) => `sha256:${contentHex}`) },
    });
    const described = (mediaType: string, { hex, bytes }: Blob) => ({
      ...{ mediaType, digest: `sha256:${hex}`, size: bytes.length },
    });
    const manifest = blobOf({
      ...{ schemaVersion: 2, mediaType: types.manifest },
      config: described(types.config, config),
      layers: layers.map(layer => described(types.layer, layer)),
    });
    registry.image(image, manifest, [...layers, config]);
  }
}
