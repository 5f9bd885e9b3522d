/** What somebody wants to have changed of the files of main: computed anew wherever main has moved. */
import type { Changes } from './changed-files.ts';
import type { ProposalCheck } from './proposal-check.ts';

/** Of the files that it was shown. */
export interface Intent {
  readonly files: Changes;
  /** Of the commit, where `--message` gives none. */
  readonly message: string;
  /** Asked before anything is signed or written, unless `--yes`: `This changes 214 devices: pump-1, pump-2, …` */
  readonly question?: string | undefined;
  /** What has to be typed then. Without it: `y`. */
  readonly answer?: string | undefined;
  /** Without it: `fleetCheck`. */
  readonly check?: ProposalCheck;
}
