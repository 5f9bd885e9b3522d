/** Every release that main has ever had, with what it pinned, and when it was taken away. */
import { maxYamlBytes } from '../../core/fleet/limits.ts';
import { readFleetFile } from '../../core/fleet/read-file.ts';
import type { PinnedImage } from '../../core/images/digest.ts';
import { GitCatFileSource } from '../../core/io/git/git-object-source.ts';
import { git } from '../desk/git.ts';

export interface PastRelease {
  readonly app: string;
  readonly version: string;
  /** Of all that it has ever been. */
  readonly images: readonly PinnedImage[];
  /** Milliseconds since the epoch; undefined: it is there. */
  readonly removedMs: number | undefined;
}

interface Seen {
  readonly app: string;
  readonly version: string;
  readonly blobs: Set<string>;
  removedMs: number | undefined;
}

/** @throws TowlineError CLI_GIT */
export async function releaseHistory(directory: string, commit: string): Promise<PastRelease[]> {
  const seen = await pathsOf(directory, commit);
  await using source = new GitCatFileSource(directory);
  const releases: PastRelease[] = [];
  for (const [path, { app, version, blobs, removedMs }] of seen) {
    const images: PinnedImage[] = [];
    for (const blob of blobs) {
      const object = await source.read(blob, maxYamlBytes);
      const file = object && readFleetFile('release', path, object.bytes).file;
      images.push(...Object.values(file?.value.images ?? {}));
    }
    releases.push({ app, version, images, removedMs });
  }
  return releases;
}

/** By the line that devices follow, oldest first. */
async function pathsOf(directory: string, commit: string): Promise<Map<string, Seen>> {
  const args = [
    ...['log', '--first-parent', '--diff-merges=first-parent', '--reverse', '--raw', '--no-abbrev'],
    ...['--no-renames', '--format=%ct', commit, '--', ':(glob)apps/*/releases/*/release.yaml'],
  ];
  const seen = new Map<string, Seen>();
  let timeSec = 0;
  for (const line of (await git(args, { directory })).split('\n')) {
    if (/^\d+$/.test(line)) timeSec = Number(line);
    const [, blob = '', path = '', app = '', version = ''] =
      /^:\d+ \d+ [0-9a-f]{40} ([0-9a-f]{40}) [AMD]\t(apps\/([^/]+)\/releases\/([^/]+)\/release\.yaml)$/.exec(
        line,
      ) ?? [];
    if (path === '') continue;
    const known = seen.get(path) ?? { app, version, blobs: new Set<string>(), removedMs: undefined };
    seen.set(path, known);
    const isGone = /^0+$/.test(blob);
    known.removedMs = isGone ? timeSec * 1000 : undefined;
    if (!isGone) known.blobs.add(blob);
  }
  return seen;
}
