/** The walk over the commits of a bundle, in a repository of its own beside the clone's objects: nothing of the clone changes. */
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { BundleContents } from '../../core/bundle/contents.ts';
import { messageOf } from '../../core/errors/cause.ts';
import { isTowlineError, TowlineError } from '../../core/errors.ts';
import type { Fleet } from '../../core/fleet/fleet.ts';
import { mainRef } from '../../core/io/git/pack-commits.ts';
import type { ObjectId } from '../../core/trust/git/object-source.ts';
import { timestampRef } from '../../core/trust/timestamp.ts';
import type { TrustedState, WalkStop } from '../../core/trust/walk.ts';
import { git } from '../desk/git.ts';
import { walkRepository } from '../trust/walk.ts';
import { fleetAt } from './fleet-at.ts';
import { isBefore } from './since.ts';

interface Question {
  /** The clone. */
  readonly repo: string;
  readonly anchor?: string;
  /** Empty, for this alone. */
  readonly folder: string;
  /** The file of the commits. */
  readonly commits: string;
  readonly contents: BundleContents;
}

export interface CarriedWalk {
  /** At the newest commit that is trusted. */
  readonly fleet: Fleet;
  readonly trusted: TrustedState;
  readonly stopped: WalkStop | undefined;
  /** To main of this clone. */
  readonly relation: 'as here' | 'newer than here' | 'older than here';
}

/** @returns the repository with the bundle's refs @throws TowlineError BUNDLE_COMMITS */
async function unpacked({ folder, commits, contents }: Question, objects: string): Promise<string> {
  const directory = path.join(folder, 'commits.git');
  await git(['init', '--quiet', '--bare', directory], { directory: folder });
  await writeFile(path.join(directory, 'objects/info/alternates'), `${objects}\n`);
  try {
    await git(['bundle', 'verify', commits], { directory });
    const heads = await git(['bundle', 'list-heads', commits], { directory });
    const { commit, timestamp } = contents;
    const named = [
      `${commit} ${mainRef}`,
      ...(timestamp === undefined ? [] : [`${timestamp} ${timestampRef}`]),
    ];
    if (heads !== named.join('\n')) throw new TowlineError('BUNDLE_COMMITS', `its commits are "${heads}"`);
    const refspecs = named.map(line => `${line.slice(41)}:${line.slice(41)}`);
    await git(['fetch', '--quiet', '--no-tags', commits, ...refspecs], { directory });
  } catch (cause) {
    if (!isTowlineError(cause, 'CLI_GIT')) throw cause;
    throw new TowlineError('BUNDLE_COMMITS', messageOf(cause), { cause });
  }
  return directory;
}

/** @throws TowlineError BUNDLE_FORK */
async function relationOf(
  directory: string,
  here: ObjectId,
  carried: ObjectId,
): Promise<CarriedWalk['relation']> {
  if (here === carried) return 'as here';
  if (await isBefore(directory, here, carried)) return 'newer than here';
  if (await isBefore(directory, carried, here)) return 'older than here';
  throw new TowlineError(
    'BUNDLE_FORK',
    `${carried} and ${here}, main of this clone, do not go on from each other`,
  );
}

/** @throws TowlineError BUNDLE_FLEET, BUNDLE_COMMITS, BUNDLE_FORK; what the walk throws */
export async function walkCarried(question: Question, signal: AbortSignal): Promise<CarriedWalk> {
  const { repo, contents } = question;
  const anchored = question.anchor === undefined ? {} : { anchor: question.anchor };
  await using own = await walkRepository({ repo, ...anchored }, signal);
  const { gitDirectory } = own.repository;
  if (own.trusted.fleet !== contents.fleet)
    throw new TowlineError(
      'BUNDLE_FLEET',
      `the bundle is of ${contents.fleet}, this clone of ${own.trusted.fleet}`,
    );
  const objects = await git(['rev-parse', '--path-format=absolute', '--git-path', 'objects'], {
    directory: gitDirectory,
  });
  const directory = await unpacked(question, objects);
  const relation = await relationOf(directory, own.head, contents.commit);
  await using walk = await walkRepository({ repo: directory, anchor: own.anchor.commit }, signal);
  const { trusted, stopped } = walk;
  return { fleet: await fleetAt(directory, trusted.commit), trusted, stopped, relation };
}
