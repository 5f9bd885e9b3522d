/** Whether this machine's clock is kept by a time server: only then may a date that lies ahead of it be called wrong. */
import { execFile } from 'node:child_process';
import { access } from 'node:fs/promises';
import { promisify } from 'node:util';
import type { Clock } from './clock.ts';

/** systemd-timesyncd makes it once it has heard of a server. */
const timesyncdFlag = '/run/systemd/timesync/synchronized';
/** timedatectl may have to start a service of its own first, milliseconds. */
const askingTimeoutMs = 3_000;

/** @returns undefined where nothing on this machine knows: no systemd, or not allowed to ask it. */
export async function isClockSynchronised(signal: AbortSignal): Promise<boolean | undefined> {
  try {
    await access(timesyncdFlag);
    return true;
  } catch {
    return await askKernel(signal);
  }
}

/** The wall clock, seconds since the epoch, where a time server keeps it: only then is another's date ahead of it. */
export async function keptTimeSec(clock: Clock, signal: AbortSignal): Promise<number | undefined> {
  return (await isClockSynchronised(signal)) === true ? Math.floor(clock.now() / 1000) : undefined;
}

/** The kernel's own flag, which any of timesyncd, chrony and ntpd sets, as timedatectl reads it. */
async function askKernel(signal: AbortSignal): Promise<boolean | undefined> {
  const words = ['show', '--property=NTPSynchronized', '--value'];
  try {
    const { stdout } = await promisify(execFile)('timedatectl', words, {
      timeout: askingTimeoutMs,
      maxBuffer: 1024,
      signal,
    });
    const answer = stdout.trim();
    return answer === 'yes' ? true : answer === 'no' ? false : undefined;
  } catch {
    signal.throwIfAborted();
    return undefined;
  }
}
