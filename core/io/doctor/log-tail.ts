/** The end of what a service has logged, where the journal of systemd has it and this user may read it. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const [lines, timeoutMs, maxBytes] = [500, 10_000, 4 * 1024 * 1024];

/** @param unit such as `towline-agent`. @returns undefined: there is none that can be read here */
export async function journalTail(unit: string, signal: AbortSignal): Promise<string[] | undefined> {
  const words = ['--unit', unit, '--lines', String(lines), '--no-pager', '--output', 'short-iso', '--quiet'];
  try {
    const { stdout } = await promisify(execFile)('journalctl', words, {
      timeout: timeoutMs,
      maxBuffer: maxBytes,
      signal,
    });
    const found = stdout.split('\n').filter(line => line !== '');
    return found.length === 0 ? undefined : found;
  } catch {
    signal.throwIfAborted();
    return undefined;
  }
}
