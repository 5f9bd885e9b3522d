/**
 * The gateway as an image on nothing: our programs, the Node that ships, and of Debian's packages git, ssh, flock and a shell with
 * their libraries. It runs as no root, on a root that is read-only; state is in /var/lib/towline-gateway alone.
 */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { type TarEntry, tarArchive } from '../../lab/machine/tar.ts';
import { type Architecture, targets } from './architecture.ts';
import type { Deb } from './deb.ts';
import { DebianFiles } from './debian-files.ts';

/** Whom it runs as: a number that no system gives out by itself. */
export const gatewayUser = 10_001;
const state = 'var/lib/towline-gateway';
const packages = [
  ...['git', 'openssh-client', 'util-linux', 'dash', 'ca-certificates', 'base-files'],
  ...['libstdc++6', 'libgcc-s1'],
];
const programs = ['git', 'ssh', 'flock', 'dash'];
/** Of git-core, what is no link to git and that the gateway needs: it fetches from a forge. */
const transports = ['git-remote-http'];
const deploy = path.resolve(import.meta.dirname, '../../deploy');

export interface ImageOptions {
  readonly architecture: Architecture;
  readonly version: string;
  /** Of git, by which it can be found out. */
  readonly commit: string;
  readonly epochSeconds: number;
  /** The packages whose programs are in it. */
  readonly debs: readonly Deb[];
}

export const imageDebian = (architecture: Architecture): DebianFiles =>
  new DebianFiles(architecture, packages);

const sha256 = (bytes: Uint8Array | string): string => createHash('sha256').update(bytes).digest('hex');

/** As update-ca-certificates writes it. */
function certificates(debian: DebianFiles): string {
  const folder = debian.file('/usr/share/ca-certificates/mozilla');
  const names = readdirSync(folder).filter(name => name.endsWith('.crt'));
  return names
    .sort()
    .map(name => readFileSync(path.join(folder, name), 'utf8').trimEnd())
    .join('\n')
    .concat('\n');
}

function settings(debian: DebianFiles): TarEntry[] {
  const id = gatewayUser;
  return [
    {
      path: 'etc/passwd',
      bytes: `root:x:0:0:root:/root:/usr/bin/sh\ntowline-gateway:x:${id}:${id}::/${state}:/usr/bin/sh\n`,
    },
    { path: 'etc/group', bytes: `root:x:0:\ntowline-gateway:x:${id}:\n` },
    { path: 'etc/nsswitch.conf', bytes: 'passwd: files\ngroup: files\nhosts: files dns\n' },
    { path: 'etc/ssl/certs/ca-certificates.crt', bytes: certificates(debian) },
    { path: 'usr/lib/os-release', bytes: readFileSync(debian.file('/usr/lib/os-release')) },
    { path: 'etc/os-release', link: '../usr/lib/os-release' },
    { path: 'usr/lib/towline/healthy.mjs', bytes: readFileSync(path.join(deploy, 'oci/healthy.mjs')) },
    { path: 'usr/bin/sh', link: 'dash' },
    // What one git asks of another, over a pipe or ssh.
    ...['upload-pack', 'receive-pack'].map(name => ({ path: `usr/bin/git-${name}`, link: 'git' })),
    { path: 'usr/lib/git-core/git', link: '../../bin/git' },
    { path: 'usr/lib/git-core/git-remote-https', link: 'git-remote-http' },
    ...['bin', 'lib', 'lib64', 'sbin'].map(name => ({ path: name, link: `usr/${name}` })),
    { path: 'etc/towline/', folder: true, mode: 0o755 },
    { path: 'tmp/', folder: true, mode: 0o1777 },
    { path: `${state}/`, folder: true, mode: 0o700, owner: id },
  ];
}

function layerOf({ architecture, debs }: ImageOptions): Buffer {
  const debian = imageDebian(architecture);
  const started = [
    ...programs.map(name => `/usr/bin/${name}`),
    ...transports.map(name => `/usr/lib/git-core/${name}`),
  ];
  // The Node that ships has its libraries from here, too.
  const libraries = ['libstdc++.so.6', 'libgcc_s.so.1', 'libm.so.6', 'libdl.so.2', 'libpthread.so.0'];
  const ofNode = libraries.map(name => `/usr/lib/${targets[architecture].triplet}/${name}`);
  const closure = [...debian.closure([...started, ...ofNode])].map(
    ([at, file]): TarEntry => ({ path: inUsr(at), mode: 0o755, bytes: readFileSync(file) }),
  );
  const ours = debs
    .flatMap(deb => [...deb.files])
    .flatMap(([name, { bytes, executable }]): TarEntry[] => {
      const isOurs = /^usr\/(?:lib\/towline|bin)\//.test(name);
      return isOurs && bytes !== undefined
        ? [{ path: name, bytes, mode: executable === true ? 0o755 : 0o644 }]
        : [];
    });
  const entries = new Map([...closure, ...ours, ...settings(debian)].map(entry => [entry.path, entry]));
  const sorted = [...withFolders(entries)].sort(([a], [b]) => (a < b ? -1 : 1));
  return tarArchive(sorted.map(([, entry]) => entry));
}

/** The image has /usr and links into it. */
const inUsr = (name: string): string => name.replace(/^\/(?:usr\/)?/, 'usr/');

function withFolders(entries: ReadonlyMap<string, TarEntry>): Map<string, TarEntry> {
  const whole = new Map(entries);
  for (const name of entries.keys()) {
    for (let at = name.indexOf('/'); at !== -1 && at < name.length - 1; at = name.indexOf('/', at + 1)) {
      const folder = name.slice(0, at + 1);
      if (!whole.has(folder)) whole.set(folder, { path: folder, folder: true, mode: 0o755 });
    }
  }
  return whole;
}

const seconds = (count: number): number => count * 1_000_000_000;

function configOf(options: ImageOptions, layer: Buffer): object {
  const node = '/usr/lib/towline/node';
  return {
    architecture: options.architecture,
    os: 'linux',
    created: new Date(options.epochSeconds * 1000).toISOString(),
    config: {
      User: `${gatewayUser}:${gatewayUser}`,
      WorkingDir: `/${state}`,
      Env: ['PATH=/usr/bin', `HOME=/${state}`, 'MALLOC_ARENA_MAX=1', 'TOWLINE_INTERNAL=127.0.0.1:8080'],
      Entrypoint: [node, '--max-semi-space-size=2', '/usr/lib/towline/gateway.js'],
      Cmd: ['--config', '/etc/towline/gateway.yaml'],
      ExposedPorts: { '8443/tcp': {}, '2222/tcp': {} },
      Volumes: { [`/${state}`]: {} },
      StopSignal: 'SIGTERM',
      Healthcheck: {
        Test: ['CMD', node, '/usr/lib/towline/healthy.mjs'],
        ...{ Interval: seconds(30), Timeout: seconds(5), StartPeriod: seconds(60), Retries: 3 },
      },
      Labels: {
        'org.opencontainers.image.title': 'towline-gateway',
        'org.opencontainers.image.version': options.version,
        'org.opencontainers.image.revision': options.commit,
        'org.opencontainers.image.licenses': 'Apache-2.0',
      },
    },
    rootfs: { type: 'layers', diff_ids: [`sha256:${sha256(layer)}`] },
    history: [
      { created: new Date(options.epochSeconds * 1000).toISOString(), created_by: 'npm run package' },
    ],
  };
}

/** As `docker load`, `podman load` and `skopeo copy oci-archive:` take it. */
export function gatewayImage(options: ImageOptions): Buffer {
  const layer = layerOf(options);
  const packed = gzipSync(layer, { level: 9 });
  const config = JSON.stringify(configOf(options, layer));
  const described = (mediaType: string, bytes: Uint8Array | string) => ({
    mediaType,
    digest: `sha256:${sha256(bytes)}`,
    size: Buffer.byteLength(bytes),
  });
  const oci = (kind: string) => `application/vnd.oci.image.${kind}`;
  const manifest = JSON.stringify({
    schemaVersion: 2,
    mediaType: oci('manifest.v1+json'),
    config: described(oci('config.v1+json'), config),
    layers: [described(oci('layer.v1.tar+gzip'), packed)],
  });
  const tag = `towline-gateway:${options.version}`;
  const named = {
    'org.opencontainers.image.ref.name': options.version,
    'io.containerd.image.name': `docker.io/library/${tag}`,
  };
  const index = {
    schemaVersion: 2,
    mediaType: oci('index.v1+json'),
    manifests: [
      {
        ...described(oci('manifest.v1+json'), manifest),
        platform: { architecture: options.architecture, os: 'linux' },
        annotations: named,
      },
    ],
  };
  const blob = (bytes: Uint8Array | string) => ({ path: `blobs/sha256/${sha256(bytes)}`, bytes });
  const [ofConfig, ofLayer] = [blob(config), blob(packed)];
  const docker = [{ Config: ofConfig.path, RepoTags: [tag], Layers: [ofLayer.path] }];
  return tarArchive([
    { path: 'manifest.json', bytes: JSON.stringify(docker) },
    { path: 'oci-layout', bytes: JSON.stringify({ imageLayoutVersion: '1.0.0' }) },
    { path: 'index.json', bytes: JSON.stringify(index) },
    ...[ofConfig, blob(manifest), ofLayer],
  ]);
}
