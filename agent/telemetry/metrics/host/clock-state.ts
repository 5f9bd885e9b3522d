/**
 * Whether the system says that its clock is set by another, and by how much it was off. An unprivileged program has no
 * adjtimex here: systemd-timesyncd tells it in a file, chrony over loopback, `timedatectl` for whatever else sets the clock.
 */
import { execFile } from 'node:child_process';
import type { Clock } from '../../../../core/io/clock.ts';
import { gauge, type Sample } from '../series/sample.ts';
import type { HostFiles } from './host-files.ts';

/** A program that is started costs more than what it says changes. */
const askAgainMs = 5 * 60_000;
const deadlineMs = 5_000;

type Run = (command: 'timedatectl' | 'chronyc', words: readonly string[]) => Promise<string | undefined>;

/** In no language; undefined where there is no such program, or nobody answers it. */
const run: Run = (command, words) =>
  new Promise(resolve => {
    const options = {
      timeout: deadlineMs,
      maxBuffer: 64 * 1024,
      env: { PATH: process.env.PATH ?? '', LC_ALL: 'C' },
    };
    execFile(command, [...words], options, (error, stdout) => resolve(error === null ? stdout : undefined));
  });

export class ClockState {
  readonly #clock: Pick<Clock, 'monotonic'>;
  readonly #files: HostFiles;
  readonly #run: Run;
  #askedMs = Number.NEGATIVE_INFINITY;
  #kept: readonly Sample[] = [];

  constructor(clock: Pick<Clock, 'monotonic'>, files: HostFiles, ask: Run = run) {
    this.#clock = clock;
    this.#files = files;
    this.#run = ask;
  }

  /** Nothing where nobody says it. */
  async samples(): Promise<readonly Sample[]> {
    const nowMs = this.#clock.monotonic();
    if (nowMs - this.#askedMs < askAgainMs) return this.#kept;
    this.#askedMs = nowMs;
    this.#kept = await this.#ask();
    return this.#kept;
  }

  async #ask(): Promise<Sample[]> {
    const timesync = this.#files.names('run/systemd/timesync');
    if (timesync.length === 0) {
      const tracked = readTracking((await this.#run('chronyc', ['-n', '-c', 'tracking'])) ?? '');
      if (tracked !== undefined) return samplesOf(tracked);
      const words = ['show', '--property=NTPSynchronized'];
      const isSet = readSynchronised((await this.#run('timedatectl', words)) ?? '');
      return isSet === undefined ? [] : samplesOf({ isSet });
    }
    const isSet = timesync.includes('synchronized');
    const offset = isSet
      ? readOffset((await this.#run('timedatectl', ['timesync-status'])) ?? '')
      : undefined;
    return samplesOf({ isSet, offset });
  }
}

interface ClockSetting {
  readonly isSet: boolean;
  /** Seconds, above zero where the clock is behind. */
  readonly offset?: number | undefined;
}

function samplesOf({ isSet, offset }: ClockSetting): Sample[] {
  const status = gauge('node_timex_sync_status', isSet ? 1 : 0);
  return offset === undefined ? [status] : [status, gauge('node_timex_offset_seconds', offset)];
}

/**
 * `chronyc -c tracking`: values with commas between. The fifth is how far the system's clock is off, above zero where it is behind
 * (a server that is 2.5 s ahead is shown as 2.5), the last whether it is set at all.
 */
export function readTracking(text: string): ClockSetting | undefined {
  const fields = text.trim().split(',');
  const leap = fields[13];
  if (fields.length !== 14 || leap === undefined) return undefined;
  const said = fields[4] ?? '';
  const isSet = leap !== 'Not synchronised';
  if (!isSet || !/^-?\d{1,10}\.\d{1,9}$/.test(said)) return { isSet };
  return { isSet, offset: Number(said) };
}

/** `timedatectl show`: `NTPSynchronized=yes`. */
export function readSynchronised(text: string): boolean | undefined {
  const said = /^NTPSynchronized=(yes|no)$/m.exec(text)?.[1];
  return said === undefined ? undefined : said === 'yes';
}

const units: Readonly<Record<string, number>> = { us: 1e-6, ms: 1e-3, s: 1, min: 60, h: 3600, d: 86_400 };

/** `timedatectl timesync-status`: `Offset: +1.234ms`, or `-1min 2.5s`; above zero where the clock is behind. Seconds. */
export function readOffset(text: string): number | undefined {
  const said = /^ *Offset: ([+-]?)([0-9a-z. ]{1,60})$/m.exec(text);
  if (said === null) return undefined;
  let seconds = 0;
  for (const part of (said[2] ?? '').trim().split(/ +/)) {
    const [, amount, unit] = /^(\d{1,9}(?:\.\d{1,9})?)([a-z]{1,3})$/.exec(part) ?? [];
    const factor = units[unit ?? ''];
    if (amount === undefined || factor === undefined) return undefined;
    seconds += Number(amount) * factor;
  }
  return said[1] === '-' ? -seconds : seconds;
}
