/**
 * Whether the system says that its clock is set by another, and by how much it was off. An unprivileged program has no
 * adjtimex here: systemd-timesyncd tells it in a file, `timedatectl` for whatever else sets the clock.
 */
import { execFile } from 'node:child_process';
import type { Clock } from '../../../../core/io/clock.ts';
import { gauge, type Sample } from '../series/sample.ts';
import type { HostFiles } from './host-files.ts';

/** A program that is started costs more than what it says changes. */
const askAgainMs = 5 * 60_000;
const deadlineMs = 5_000;

type Run = (words: readonly string[]) => Promise<string | undefined>;

/** `timedatectl` in no language; undefined where there is none, or nobody answers it. */
const timedatectl: Run = words =>
  new Promise(resolve => {
    const options = {
      timeout: deadlineMs,
      maxBuffer: 64 * 1024,
      env: { PATH: process.env.PATH ?? '', LC_ALL: 'C' },
    };
    execFile('timedatectl', [...words], options, (error, stdout) =>
      resolve(error === null ? stdout : undefined),
    );
  });

export class ClockState {
  readonly #clock: Pick<Clock, 'monotonic'>;
  readonly #files: HostFiles;
  readonly #run: Run;
  #askedMs = Number.NEGATIVE_INFINITY;
  #kept: readonly Sample[] = [];

  constructor(clock: Pick<Clock, 'monotonic'>, files: HostFiles, run: Run = timedatectl) {
    this.#clock = clock;
    this.#files = files;
    this.#run = run;
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
      const said = readSynchronised((await this.#run(['show', '--property=NTPSynchronized'])) ?? '');
      return said === undefined ? [] : [gauge('node_timex_sync_status', said ? 1 : 0)];
    }
    const isSet = timesync.includes('synchronized');
    const samples = [gauge('node_timex_sync_status', isSet ? 1 : 0)];
    const offset = isSet ? readOffset((await this.#run(['timesync-status'])) ?? '') : undefined;
    return offset === undefined ? samples : [...samples, gauge('node_timex_offset_seconds', offset)];
  }
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
