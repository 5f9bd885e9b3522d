/** Bundles for devices of a rig: commits packed by git itself, images as a registry has them. */
import { execFileSync } from 'node:child_process';
import { type BundleContents, type BundleImage, inBundleOrder } from '../../core/bundle/contents.ts';
import { type BundleEntry, gitBundleType } from '../../core/bundle/table.ts';
import { writeBundle } from '../../core/bundle/write-bundle.ts';
import { digestOf } from '../../core/images/digest.ts';
import { writeGitBundleHeader } from '../../core/io/git/git-bundle.ts';
import { manifestTypes, readManifest } from '../../core/io/registry/manifest.ts';
import type { FleetRepository } from './fleet-repository.ts';

export interface CarriedImage {
  /** As release.yaml has it. */
  readonly image: string;
  readonly digest: string;
  /** `127.0.0.1:5000/web`: where it is to be had. */
  readonly from: string;
}

export interface BundleWish {
  readonly repository: FleetRepository;
  readonly fleet?: string;
  readonly devices?: readonly string[];
  /** Default: main of the repository. */
  readonly commit?: string;
  readonly since?: string;
  readonly images?: readonly CarriedImage[];
  /** Layers of the images that are not put in: so many of each, the last ones. */
  readonly leaveOut?: number;
  readonly created?: string;
}

interface Part {
  readonly entry: BundleEntry;
  readonly bytes: Buffer;
}

const timestampRef = 'refs/towline/timestamp';

export async function carriedBundle(wish: BundleWish): Promise<Buffer> {
  const { repository, fleet = 'acme', devices = [], since, images = [], leaveOut = 0 } = wish;
  const commit = wish.commit ?? (await repository.head());
  const timestamp = await repository.git(['rev-parse', '--verify', timestampRef]).catch(() => undefined);
  const git = gitBundle(repository.path, { commit, since, timestamp });
  const parts = new Map<string, Part>();
  const add = (kind: BundleEntry['kind'], mediaType: string, bytes: Buffer) => {
    const digest = digestOf(bytes);
    parts.set(digest, { entry: { kind, mediaType, digest, size: bytes.length }, bytes });
  };
  add('git', gitBundleType, git);
  const carried: BundleImage[] = [];
  for (const each of images) carried.push(await addImage(each, leaveOut, add));
  const contents: BundleContents = {
    format: 1,
    fleet,
    created: wish.created ?? `${new Date().toISOString().slice(0, 19)}Z`,
    devices: [...devices].sort(),
    commit,
    ...(since === undefined ? {} : { since }),
    ...(timestamp === undefined ? {} : { timestamp }),
    images: inBundleOrder(carried),
  };
  const order = ['git', 'manifest', 'blob'];
  const all = [...parts.values()].sort((a, b) => order.indexOf(a.entry.kind) - order.indexOf(b.entry.kind));
  const bytesOf = async function* ({ digest }: BundleEntry) {
    yield parts.get(digest)?.bytes ?? Buffer.alloc(0);
  };
  const chunks: Uint8Array[] = [];
  for await (const chunk of writeBundle({ contents, entries: all.map(({ entry }) => entry), bytesOf }))
    chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks);
}

function gitBundle(
  cwd: string,
  refs: {
    readonly commit: string;
    readonly since: string | undefined;
    readonly timestamp: string | undefined;
  },
): Buffer {
  const { commit, since, timestamp } = refs;
  const input = [commit, timestamp, since === undefined ? undefined : `^${since}`].filter(
    line => line !== undefined,
  );
  const pack = execFileSync('git', ['pack-objects', '--revs', '--stdout', '-q'], {
    ...{ cwd, input: `${input.join('\n')}\n`, maxBuffer: 2 ** 30 },
  });
  const named = new Map([['refs/heads/main', commit]]);
  if (timestamp !== undefined) named.set(timestampRef, timestamp);
  return Buffer.concat([
    writeGitBundleHeader({ prerequisites: since === undefined ? [] : [since], refs: named }),
    pack,
  ]);
}

type Add = (kind: BundleEntry['kind'], mediaType: string, bytes: Buffer) => void;

async function addImage(
  { image, digest, from }: CarriedImage,
  leaveOut: number,
  add: Add,
): Promise<BundleImage> {
  const leftOut: string[] = [];
  const manifest = async (which: string): Promise<void> => {
    const bytes = await blobOf(from, 'manifests', which);
    const found = readManifest(bytes);
    if (found === undefined) throw new Error(`${which} is no manifest`);
    add('manifest', found.mediaType, bytes);
    const blobs = found.children.filter(({ kind }) => kind === 'blob');
    for (const [index, child] of found.children.entries()) {
      if (child.kind === 'manifest') await manifest(child.digest);
      else if (index > 0 && index >= blobs.length - leaveOut) leftOut.push(child.digest);
      else add('blob', 'application/vnd.oci.image.layer.v1.tar', await blobOf(from, 'blobs', child.digest));
    }
  };
  await manifest(digest);
  return { image, digest, leftOut: [...new Set(leftOut)].sort() };
}

async function blobOf(from: string, kind: 'manifests' | 'blobs', digest: string): Promise<Buffer> {
  const [registry = '', ...name] = from.split('/');
  const answer = await fetch(`http://${registry}/v2/${name.join('/')}/${kind}/${digest}`, {
    headers: { accept: manifestTypes.join(', ') },
  });
  if (!answer.ok) throw new Error(`${from} ${digest}: ${answer.status}`);
  return Buffer.from(await answer.arrayBuffer());
}
