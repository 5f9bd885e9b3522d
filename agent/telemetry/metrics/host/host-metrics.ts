/** The host at one moment. What this agent may not read is left out; nothing is guessed. */
import { loadavg, uptime } from 'node:os';
import type { Clock } from '../../../../core/io/clock.ts';
import { gauge, type Sample } from '../series/sample.ts';
import { ClockState } from './clock-state.ts';
import { fileSystems } from './file-systems.ts';
import { HostFiles } from './host-files.ts';
import { hostVersions } from './host-versions.ts';
import { readMounts } from './mounts.ts';
import { Patient } from './patient.ts';
import {
  diskSamples,
  isDisk,
  networkSamples,
  readLoad,
  readMeminfo,
  readNetDev,
  readProcStat,
} from './proc-text.ts';
import { temperatures } from './temperatures.ts';

/** What a disk or a sensor may take, milliseconds. */
const longestMs = 2_000;

export class HostMetrics {
  readonly #clock: Pick<Clock, 'now'>;
  readonly #files: HostFiles;
  readonly #root: string;
  readonly #clockState: ClockState;
  /** One for all: of the agent's two threads for files at most one hangs. */
  readonly #patient = new Patient(longestMs);

  /** @param root where `/` is: a test has a tree of its own */
  constructor(clock: Pick<Clock, 'now' | 'monotonic'>, root = '/') {
    this.#clock = clock;
    this.#root = root;
    this.#files = new HostFiles(root);
    this.#clockState = new ClockState(clock, this.#files);
  }

  async samples(): Promise<Sample[]> {
    return [
      ...this.#fromProc(),
      ...this.#info(),
      ...(await this.#clockState.samples()),
      ...(await this.#fromDisks()),
    ];
  }

  #fromProc(): Sample[] {
    const files = this.#files;
    const read = (file: string, parse: (text: string) => Sample[]): Sample[] => {
      const text = files.text(file);
      return text === undefined ? [] : parse(text);
    };
    const disks = new Map<string, string>();
    for (const name of files.names('sys/block').filter(isDisk)) {
      const text = files.text(`sys/block/${name}/stat`);
      if (text !== undefined) disks.set(name, text);
    }
    const load = read('proc/loadavg', readLoad);
    const stat = read('proc/stat', readProcStat);
    return [
      ...stat,
      ...(stat.some(({ name }) => name === 'node_boot_time_seconds') ? [] : this.#bootTime()),
      ...(load.length > 0 ? load : this.#loadOfKernel()),
      ...read('proc/meminfo', readMeminfo),
      ...read('proc/self/net/dev', text => networkSamples(readNetDev(text))),
      ...diskSamples(disks),
    ];
  }

  /** sysinfo(2) and the boot clock: they need no file. */
  #bootTime(): Sample[] {
    return [gauge('node_boot_time_seconds', Math.round(this.#clock.now() / 1000 - uptime()))];
  }

  #loadOfKernel(): Sample[] {
    return loadavg().map((load, index) =>
      gauge(`node_load${[1, 5, 15][index]}`, Math.round(load * 100) / 100),
    );
  }

  #info(): Sample[] {
    const { os = '', osVersion = '', osName = '', kernel, architecture } = hostVersions(this.#files);
    return [
      gauge('node_time_seconds', this.#clock.now() / 1000),
      gauge('node_os_info', 1, { id: os, version_id: osVersion, pretty_name: osName }),
      gauge('node_uname_info', 1, { release: kernel, machine: architecture }),
    ];
  }

  async #fromDisks(): Promise<Sample[]> {
    const found: Sample[] = [];
    const push = (sample: Sample): void => {
      found.push(sample);
    };
    const mounts = readMounts(this.#files.text('proc/self/mountinfo') ?? '');
    await this.#patient.ask(async () => {
      await fileSystems(mounts, push);
      await temperatures(this.#root, push);
    });
    return [...found];
  }
}
