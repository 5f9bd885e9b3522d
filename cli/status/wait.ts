/** `towline status --wait`: until devices are where they should be, have failed, or the time is over. */

import { formatDuration } from '../../core/duration.ts';
import { isTowlineError, TowlineError } from '../../core/errors.ts';
import type { Terminal } from '../command/terminal.ts';
import {
  type DeviceWait,
  judgeDevice,
  lateResult,
  resultOf,
  type WaitResult,
  waitExitCode,
  waitsFor,
} from './device-wait.ts';
import type { Lookout, Sight } from './sight.ts';
import { follow, sightJson, type View } from './views.ts';

export interface Waiting {
  /** Of the commit that is waited for. */
  readonly lookout: Lookout;
  readonly terminal: Terminal;
  readonly view: View;
  readonly json: boolean;
  readonly longestMs: number;
  /** Devices; all that have keys unless some are named. */
  readonly named: readonly string[];
}

/** What a timer can count, milliseconds. */
const longestTimerMs = 2 ** 31 - 1;

/**
 * @returns the exit code
 * @throws TowlineError CLI_USAGE where nobody can come, what a first look throws; the signal's reason
 */
export async function waitFor(waiting: Waiting, signal: AbortSignal): Promise<number> {
  const { lookout, terminal, view, json, longestMs, named } = waiting;
  const late = AbortSignal.timeout(Math.min(longestMs, longestTimerMs));
  let last: Sight | undefined;
  let waits: readonly DeviceWait[] = [];
  let reachable = false;
  const isOver = (look: Sight | TowlineError): boolean => {
    reachable = !isTowlineError(look);
    if (isTowlineError(look)) return false;
    last = look;
    waits = awaited(look, named).map(device => judgeDevice(look, device));
    return resultOf(waits) !== undefined;
  };
  try {
    await follow(lookout.looks(signal, late), view, isOver);
  } catch (error) {
    if (signal.aborted || !late.aborted) throw error;
  }
  const result = resultOf(waits) ?? lateResult(waits, reachable);
  if (json) {
    terminal.json({ ...(last === undefined ? {} : sightJson(last)), wait: { result, devices: waits } });
  } else say(terminal, result, { waits, longestMs });
  return waitExitCode[result];
}

/** @throws TowlineError CLI_USAGE */
function awaited(sight: Sight, named: readonly string[]): string[] {
  const found = waitsFor(sight, named);
  const never = named.find(id => !found.includes(id));
  const at = `at commit ${sight.fleet.commit.slice(0, 12)}`;
  if (never !== undefined) {
    throw new TowlineError(
      'CLI_USAGE',
      `${never} has no keys, or is revoked, ${at}: it cannot be waited for`,
    );
  }
  if (found.length === 0)
    throw new TowlineError('CLI_USAGE', `no device has keys ${at}: nothing to wait for`);
  return found;
}

function say(
  terminal: Terminal,
  result: WaitResult,
  { waits, longestMs }: { waits: readonly DeviceWait[]; longestMs: number },
): void {
  const words: Record<WaitResult, string> = {
    done: 'done',
    failed: 'failed',
    'timed-out': `not done within ${formatDuration(longestMs)}`,
    unreadable: `not readable within ${formatDuration(longestMs)}`,
    unreachable: 'what devices say could not be asked in the end',
  };
  const count = waits.filter(({ state }) => state === 'done').length;
  terminal.line(
    terminal.colour(
      result === 'done' ? 'green' : 'red',
      `${words[result]}: ${count} of ${waits.length} ${waits.length === 1 ? 'device' : 'devices'} there`,
    ),
  );
  const left = waits.filter(({ state }) => state !== 'done');
  for (const { device, state, why } of left) terminal.line(`  ${device} ${state}: ${why}`);
}
