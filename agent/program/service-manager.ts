/**
 * Tells the service manager that the agent is up, and that it still turns (sd_notify(3)). Node has no datagram sockets of the
 * file system: systemd's own program says it, once in a while.
 */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { messageOf } from '../../core/errors/cause.ts';
import type { Clock } from '../../core/io/clock.ts';
import type { Log } from '../../core/log.ts';

export interface ServiceManagerOptions {
  readonly environment: NodeJS.ProcessEnv;
  readonly clock: Clock;
  readonly log: Pick<Log, 'debug' | 'warn'>;
}

/** It has to be heard before the manager loses its patience, milliseconds. */
const longestMs = 20_000;
const againMs = 2_000;
/** So often in the time after which the manager calls it dead. */
const timesInPatience = 3;

/** Until it is aborted. Nobody is told anything where no manager listens. */
export async function tellManager(
  { environment, clock, log }: ServiceManagerOptions,
  signal: AbortSignal,
): Promise<void> {
  const { NOTIFY_SOCKET: socket, WATCHDOG_USEC: patience = '' } = environment;
  if (socket === undefined || socket === '') return;
  const say = async (state: string): Promise<boolean> => {
    try {
      await promisify(execFile)('systemd-notify', [state], { timeout: longestMs, signal });
      return true;
    } catch (error) {
      if (!signal.aborted) log.warn({ state, error: messageOf(error) }, 'the service manager is not told');
      return false;
    }
  };
  const patienceMs = /^\d{1,15}$/.test(patience) ? Number(patience) / 1000 : Number.POSITIVE_INFINITY;
  const sleep = (ms: number) => clock.sleep(ms, signal).catch(() => undefined);
  while (!signal.aborted && !(await say('READY=1'))) await sleep(againMs);
  while (!signal.aborted && Number.isFinite(patienceMs)) {
    await sleep(patienceMs / timesInPatience);
    if (!signal.aborted) await say('WATCHDOG=1');
  }
}
