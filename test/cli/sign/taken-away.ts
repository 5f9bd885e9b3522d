/** What a portal gives to take away, of a fleet whose main is pushed: a patch, and a pending change in the remote. */
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { commitOf, type UnsignedCommit } from '../../../core/change/commit-of.ts';
import { formatPatch } from '../../../core/change/patch-file.ts';
import { GitCatFileSource } from '../../../core/io/git/git-object-source.ts';
import { buildPack, makeObject } from '../../../core/io/git/object-write.ts';
import { commitFingerprint } from '../../../core/trust/git/commit-fingerprint.ts';
import { ObjectReader } from '../../../core/trust/git/object-reader.ts';
import { runGit } from '../../../lab/rig/repository-git.ts';
import type { PushedFleet } from '../change/pushed-fleet.ts';

export interface TakenAway {
  readonly file: string;
  readonly commit: UnsignedCommit;
  readonly fingerprint: string;
}

/** What an honest page would not write. */
export interface Hostile {
  /** Seconds since the epoch. */
  readonly timeSec?: number;
  /** Before the line that names main. */
  readonly trailer?: string;
}

/** On top of the remote's main, as it is. */
export async function takenAway(
  desk: PushedFleet,
  changes: Readonly<Record<string, string | null>>,
  { timeSec = nowSec(), trailer = '' }: Hostile = {},
): Promise<TakenAway> {
  await using source = new GitCatFileSource(desk.origin);
  const base = (await desk.head()).trim();
  const person = { name: 'Carol', email: 'carol@acme.example', timeSec, zone: '+0100' };
  const fleet = /^fleet: (.+)$/m.exec(await desk.atMain('trust/policy.yaml'))?.[1] ?? '';
  const commit = await commitOf({
    ...{ reader: new ObjectReader(source), base, changes: new Map(Object.entries(changes)) },
    message: `Paused at the portal\n\n${trailer}Towline-Ref: ${fleet}/main\n`,
    ...{ author: person, committer: person },
  });
  const file = path.join(desk.fleet.folder, `change-${commit.id.slice(0, 8)}.towline`);
  await writeFile(file, formatPatch({ fleet, ...commit }));
  return { file, commit, fingerprint: commitFingerprint(commit.payload) };
}

/** As the gateway keeps it for `towline show`. */
export async function keepPending(desk: PushedFleet, id: string, { commit }: TakenAway): Promise<void> {
  const objects = [...commit.objects, makeObject('commit', commit.payload)];
  await runGit(desk.origin, ['unpack-objects', '-q'], { input: buildPack(objects) });
  await runGit(desk.origin, ['update-ref', `refs/towline/pending/${id}`, commit.id], {});
}

const nowSec = (): number => Math.floor(Date.now() / 1000);
