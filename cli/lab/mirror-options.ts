/** What `towline lab up --mirror` and `towline lab try` ask alike: where images are from, and what apps may do. */
import type { Command } from 'commander';
import { FleetProblems, TowlineError } from '../../core/errors.ts';
import type { ImageChoice } from '../../lab/mirror/image-choice.ts';
import type { Mirror } from '../../lab/mirror/mirror.ts';
import { collect } from '../command/collect.ts';

export interface MirrorOptions {
  readonly imagesFrom?: string;
  readonly standInImages?: boolean;
  readonly insecure?: readonly string[];
  readonly engineAsIs?: boolean;
}

export const mirrorOptions = (command: Command): Command =>
  command
    .option(
      '--images-from <place>',
      'of a mirror: `registry` (each image’s own), another registry, or a bundle’s file',
    )
    .option(
      '--stand-in-images',
      'of a mirror: images that do nothing and are healthy in place of production’s',
    )
    .option('--insecure <registry>', 'ask this registry without TLS; repeatable', collect)
    .option(
      '--engine-as-is',
      'of a mirror: apps get what `engine:` allows in production, which may be all of this machine',
    );

/** @throws TowlineError CLI_USAGE */
export function imageChoice({ imagesFrom, standInImages }: MirrorOptions): ImageChoice {
  if (imagesFrom !== undefined && standInImages === true)
    throw new TowlineError('CLI_USAGE', '--images-from and --stand-in-images contradict each other');
  if (standInImages === true) return { kind: 'stand-ins' };
  return imagesFrom === undefined ? { kind: 'there' } : { kind: 'copy', from: imagesFrom };
}

/**
 * What keeps a fleet from being mirrored, as `towline validate` shows it; of what the engine is asked for, how to allow it.
 * @throws FleetProblems
 */
export function assertMirrored({ problems, engine }: Mirror): void {
  if (problems.length === 0) return;
  const shown = problems.map(problem =>
    engine || problem.code !== 'COMPOSE_POLICY_REFUSED'
      ? problem
      : {
          ...problem,
          message: `${problem.message}; a lab allows nothing of the kind without --engine-as-is`,
        },
  );
  throw new FleetProblems(shown);
}
