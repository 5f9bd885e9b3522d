/** Whether devices are where they are waited for. */

import { troubleWords } from '../../core/status/device-words.ts';
import type { Reported } from '../../core/status/reported.ts';
import { troublesOf } from '../../core/telemetry/device-summary.ts';
import type { StatusFile } from '../../schemas/types.generated.ts';
import { exitCode } from '../command/exit-code.ts';
import type { Sight } from './sight.ts';

/** `unreadable`: what stands there is not its word, and another one may come. */
export type WaitState = 'done' | 'failed' | 'waiting' | 'unreadable';

export interface DeviceWait {
  readonly device: string;
  readonly state: WaitState;
  readonly why: string;
}

export type WaitResult = 'done' | 'failed' | 'timed-out' | 'unreadable' | 'unreachable';

const failing: ReadonlySet<string> = new Set<StatusFile['outcome']>([
  'rolled-back',
  'degraded',
  'failed',
  'stale',
]);

/** Devices that can be waited for: with keys, and not revoked; of those that leave the fleet only who is named. */
export function waitsFor(
  { fleet, devices }: Pick<Sight, 'fleet' | 'devices'>,
  named: readonly string[],
): string[] {
  const all = named.length > 0 ? [...new Set(named)] : devices;
  return all.filter(id => {
    const file = fleet.devices.get(id)?.value;
    const leaves = file?.retired !== undefined && !named.includes(id);
    return file?.keys?.ssh !== undefined && file.revoked !== true && !leaves;
  });
}

/** @param sight of the fleet at the commit that is waited for */
export function judgeDevice(sight: Sight, device: string): DeviceWait {
  const { state, why } = judge(sight.reports.get(device), commit => {
    const distance = commit === undefined ? undefined : sight.distances.get(commit);
    return distance === undefined ? undefined : distance.behind === 0;
  });
  return { device, state, why };
}

/** @param has whether a commit has the one that is waited for; undefined: nobody here knows */
function judge(
  reported: Reported | undefined,
  has: (commit: string | undefined) => boolean | undefined,
): Omit<DeviceWait, 'device'> {
  if (reported === undefined) return { state: 'waiting', why: 'has not reported yet' };
  const { status, doubt } = reported;
  if (status === undefined) return { state: 'unreadable', why: `not trusted: ${doubt ?? ''}` };
  const { trusted, stopped, outcome } = status;
  const words = troublesOf(status).map(troubleWords).join('; ');
  const said = words === '' ? outcome : words;
  // What an older agent says is of what it trusts.
  const followed = status.followed ?? trusted.commit;
  const isThere = has(followed);
  if (isThere === true) {
    if (failing.has(outcome)) return { state: 'failed', why: said };
    const isWell = ['applied', 'unchanged', 'retired'].includes(outcome);
    return isWell && has(status.applied) === true
      ? { state: 'done', why: '' }
      : { state: 'waiting', why: said };
  }
  if (stopped !== undefined && has(stopped.head) === true) return { state: 'failed', why: said };
  if (isThere === undefined) {
    return { state: 'waiting', why: `is at ${followed.slice(0, 12)}, which is not in this clone: git fetch` };
  }
  return { state: 'waiting', why: stopped === undefined ? `is still at ${followed.slice(0, 12)}` : said };
}

/** Undefined while some may still come, and before anything was seen. */
export function resultOf(waits: readonly DeviceWait[]): 'done' | 'failed' | undefined {
  if (waits.length === 0 || waits.some(({ state }) => state === 'waiting' || state === 'unreadable'))
    return undefined;
  return waits.some(({ state }) => state === 'failed') ? 'failed' : 'done';
}

/** The time is over. @param reachable whether the last look succeeded */
export function lateResult(waits: readonly DeviceWait[], reachable: boolean): WaitResult {
  if (waits.some(({ state }) => state === 'failed')) return 'failed';
  if (!reachable) return 'unreachable';
  return waits.some(({ state }) => state === 'unreadable') ? 'unreadable' : 'timed-out';
}

export const waitExitCode: Readonly<Record<WaitResult, number>> = {
  done: exitCode.ok,
  failed: exitCode.failed,
  'timed-out': exitCode.timedOut,
  unreadable: exitCode.problems,
  unreachable: exitCode.unreachable,
};
