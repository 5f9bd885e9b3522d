/** What a plan is made against: what a device last said it runs, or what is assumed. */

import { isTowlineError } from '../../core/errors.ts';
import { loadFleet } from '../../core/fleet/load.ts';
import type { StatusFile } from '../../schemas/types.generated.ts';
import { remembered } from '../desk/remembered.ts';
import type { Snapshot } from '../desk/repository.ts';
import { readReports, reportedBy } from '../status/reports.ts';
import { openTelemetry } from '../status/telemetry.ts';

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

/** What devices last said they run, in a way that can be trusted; why nobody could be asked. */
export interface Reports {
  /** By device. */
  readonly reported: ReadonlyMap<string, StatusFile>;
  readonly trouble?: string;
}

/**
 * Where telemetry was named for this plan, it must be readable. A clone that merely remembers it plans without, too: on a
 * journey, in CI.
 */
export async function readApplied(
  snapshot: Snapshot,
  only: string | undefined,
  options: PlanOptions,
  signal: AbortSignal,
): Promise<Reports> {
  // What runs is said then; what the devices are is asked where somebody says so.
  if (options.base !== undefined && options.telemetry === undefined) return { reported: new Map() };
  const place = options.telemetry ?? (await remembered(options.repo, 'telemetry')) ?? '';
  const { fleet } = place === '' ? {} : await loadFleet(snapshot.files, snapshot.commit);
  if (fleet === undefined) return { reported: new Map() };
  try {
    await using telemetry = await openTelemetry(place, signal);
    const reports = await readReports({
      ...{ directory: telemetry.directory, fleet, signal },
      devices: only === undefined ? [] : [only],
    });
    return { reported: reportedBy(reports) };
  } catch (error) {
    if (options.telemetry !== undefined || !isTowlineError(error)) throw error;
    return { reported: new Map(), trouble: `${place} could not be asked (${error.code})` };
  }
}

export function chooseBase(
  { reported: reports, trouble }: Reports,
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
