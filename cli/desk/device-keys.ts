/**
 * The SSH keys that the fleet has named for one device, one after the other, by the line of commits that is trusted: a key that stood
 * in a branch before its merge was nobody's.
 */
import { maxYamlBytes } from '../../core/fleet/limits.ts';
import { readFleetFile } from '../../core/fleet/read-file.ts';
import { GitCatFileSource } from '../../core/io/git/git-object-source.ts';
import type { DeviceKeys } from '../../core/recording/device-seals.ts';
import { git } from './git.ts';

/** Each opening of its tunnel is one. */
const mostVersions = 5000;

export interface KeysQuestion {
  readonly repo: string;
  readonly commit: string;
  readonly device: string;
}

/** @throws TowlineError CLI_GIT */
export async function deviceKeys({ repo, commit, device }: KeysQuestion): Promise<DeviceKeys> {
  const directory = repo;
  const versions = await versionsOf({ repo, commit, device });
  const keys: string[] = [];
  /** Commits with which another key begins. */
  const begins = new Set<string>();
  await using source = new GitCatFileSource(repo);
  for (const { commit: at, file, blob } of versions) {
    const object = await source.read(blob, maxYamlBytes);
    const key = object && readFleetFile('device', file, object.bytes).file?.value.keys?.ssh;
    if (key === undefined || key === keys.at(-1)) continue;
    keys.push(key);
    begins.add(at);
  }
  const line = await git(['rev-list', '--first-parent', '--reverse', commit], { directory });
  const places = new Map<string, number>();
  let place = -1;
  for (const at of line.split('\n')) {
    if (begins.has(at)) place += 1;
    places.set(at, Math.max(0, place));
  }
  return { keys, placeAt: at => places.get(at) ?? Math.max(0, keys.length - 1) };
}

/** Oldest first; where the file was taken away there is none. */
async function versionsOf({ repo, commit, device }: KeysQuestion) {
  const args = [
    ...['log', '--first-parent', '--diff-merges=first-parent', '--reverse', `--max-count=${mostVersions}`],
    ...['--raw', '--no-abbrev', '--no-renames', '--format=%H', commit],
    ...['--', `:(glob)devices/**/${device}.yaml`],
  ];
  const versions: { readonly commit: string; readonly file: string; readonly blob: string }[] = [];
  let at = '';
  for (const text of (await git(args, { directory: repo })).split('\n')) {
    if (/^[0-9a-f]{40}$/.test(text)) at = text;
    const [, blob = '', file = ''] = /^:\d+ \d+ [0-9a-f]{40} ([0-9a-f]{40}) [AM]\t(.+)$/.exec(text) ?? [];
    if (blob !== '') versions.push({ commit: at, file, blob });
  }
  return versions;
}
