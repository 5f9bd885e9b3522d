/** The commits of a bundle, unpacked beside fleet.git and judged, before main moves to them. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { BundleContents } from '../../core/bundle/contents.ts';
import { isTowlineError, TowlineError } from '../../core/errors.ts';
import type { ObjectId } from '../../core/trust/git/object-source.ts';
import type { TrustedState } from '../../core/trust/walk.ts';
import { readRef } from '../git/bare-refs.ts';
import type { GitRunner } from '../git/git-runner.ts';
import { refusalLines, verdictOf } from '../git/push-verdict.ts';
import { mainRef, timestampRef } from '../git/served-refs.ts';
import type { FleetIntake, IntakeMove } from '../upstream/fleet-intake.ts';

export const quarantineRefs = {
  main: 'refs/quarantine/tip',
  timestamp: 'refs/quarantine/timestamp',
} as const;

/** A bare repository, which borrows the objects of fleet.git. */
export interface UnpackedCommits {
  readonly path: string;
}

export interface CarriedCommitsOptions {
  readonly fleetGit: string;
  readonly folder: string;
  readonly runner: GitRunner;
  readonly intake: FleetIntake;
  readonly trusted: () => TrustedState | undefined;
}

export class CarriedCommits {
  readonly #options: CarriedCommitsOptions;

  constructor(options: CarriedCommitsOptions) {
    this.#options = options;
  }

  /** The commits, unpacked beside fleet.git. @throws TowlineError BUNDLE_PREREQUISITE, BUNDLE_FORMAT */
  async unpack(
    file: string,
    { commit, timestamp }: BundleContents,
    signal: AbortSignal,
  ): Promise<UnpackedCommits> {
    const { folder, fleetGit } = this.#options;
    const path = join(folder, 'quarantine.git');
    await this.#git(['init', '-q', '--bare', '--template=', path], signal);
    await mkdir(join(path, 'objects', 'info'), { recursive: true });
    await writeFile(join(path, 'objects', 'info', 'alternates'), `${join(fleetGit, 'objects')}\n`);
    const refspecs = [
      `+${mainRef}:${quarantineRefs.main}`,
      ...(timestamp === undefined ? [] : [`+${timestampRef}:${quarantineRefs.timestamp}`]),
    ];
    const fetch = ['fetch', '-q', '--no-tags', '--no-write-fetch-head', '--no-auto-maintenance'];
    const { code, stderr } = await this.#git(['--git-dir', path, ...fetch, file, ...refspecs], signal);
    if (code !== 0) throw unreadable(stderr);
    const [main, stated] = await Promise.all(
      [quarantineRefs.main, quarantineRefs.timestamp].map(ref => readRef(path, ref)),
    );
    if (main !== commit || stated !== timestamp)
      throw new TowlineError('BUNDLE_FORMAT', 'its commits are not those that its contents name');
    return { path };
  }

  /** @returns undefined: main is there. @throws TowlineError BUNDLE_OLDER, BUNDLE_FORK, GATEWAY_MAIN_REFUSED, GATEWAY_PUSH_UNTRUSTED */
  async judge(git: UnpackedCommits, tip: ObjectId, signal: AbortSignal): Promise<IntakeMove | undefined> {
    const main = await this.#options.intake.main();
    if (main === tip) return undefined;
    if (await this.#options.intake.isBehind(tip, signal))
      throw new TowlineError('BUNDLE_OLDER', `main is at ${main}, which has ${tip} already`);
    const { expected, judged } = await this.#options.intake
      .judgeMain(git, tip, signal)
      .catch((cause: unknown): never => {
        if (!isTowlineError(cause, 'GATEWAY_UPSTREAM_REWOUND')) throw cause;
        throw new TowlineError('BUNDLE_FORK', cause.message, { cause });
      });
    if (judged === undefined && this.#options.trusted() === undefined)
      throw new TowlineError('GATEWAY_NOT_JUDGED', 'this gateway trusts nothing yet');
    if (judged !== undefined && verdictOf(judged).untrusted)
      throw new TowlineError('GATEWAY_PUSH_UNTRUSTED', refusalLines(judged)[0]?.replace(/^\S+ /, '') ?? '');
    return { ref: mainRef, tip, expected };
  }

  #git(args: readonly string[], signal: AbortSignal) {
    const job = { lane: 'own', arguments: args, onOutput: () => undefined } as const;
    return this.#options.runner.run(job, signal);
  }
}

function unreadable(stderr: string): TowlineError {
  const said = stderr.trim().slice(0, 400);
  return /prerequisite/i.test(said)
    ? new TowlineError('BUNDLE_PREREQUISITE', 'its commits go on from one that this gateway does not have')
    : new TowlineError('BUNDLE_FORMAT', `git does not take its commits: ${said}`);
}
