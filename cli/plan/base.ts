/** What a plan is made against: what a device last said it runs, or what is assumed. */

import { loadFleet } from '../../core/fleet/load.ts';
import type { Snapshot } from '../desk/repository.ts';
import { type LastSaid, lastSaid } from '../status/last-said.ts';

export interface PlanOptions {
  readonly repo: string;
  readonly commit?: string;
  readonly worktree?: boolean;
  readonly base?: string;
  readonly telemetry?: string;
  readonly all?: boolean;
  readonly force?: boolean;
  readonly steps?: boolean;
  readonly json?: boolean;
}

export interface Base {
  readonly revision: string | undefined;
  readonly words: string;
}

/** What devices last said, in a way that can be trusted; why nobody could be asked. */
export async function readApplied(
  { files, commit }: Snapshot,
  only: string | undefined,
  { repo, base, telemetry }: PlanOptions,
  signal: AbortSignal,
): Promise<LastSaid> {
  // What runs is said then; what the devices are is asked where somebody says so.
  if (base !== undefined && telemetry === undefined) return { reported: new Map() };
  const fleetOf = async () => (await loadFleet(files, commit)).fleet;
  const devices = only === undefined ? [] : [only];
  return await lastSaid({ repo, telemetry, fleetOf, devices }, signal);
}

export function chooseBase(
  { reported: reports, trouble }: LastSaid,
  device: string,
  options: PlanOptions,
): Base {
  if (options.base !== undefined) {
    const named = options.base.replace(/^([0-9a-f]{12})[0-9a-f]{28}$/, '$1');
    return { revision: options.base, words: `assuming that ${named} runs there` };
  }
  const reported = reports.get(device)?.applied;
  if (reported !== undefined) {
    return {
      revision: reported,
      words: `against its newest status, which says that it runs ${reported.slice(0, 12)}`,
    };
  }
  const revision = options.worktree === true ? 'HEAD' : `${options.commit ?? 'HEAD'}~1`;
  const words = `assuming that ${revision} runs there`;
  return { revision, words: trouble === undefined ? words : `${trouble}: ${words}` };
}
