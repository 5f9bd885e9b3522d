/** Where the control group of a container lies, and its files: cgroup v2, or the controllers of v1. */
import type { HostFiles } from '../host/host-files.ts';
import { readNetDev } from '../host/proc-text.ts';
import { readLegacy, readUnified } from './cgroup-text.ts';
import type { NetworkUsage, Usage } from './usage.ts';

const mount = 'sys/fs/cgroup';

/** As Docker names them, by systemd or by itself, and Podman. */
const placesOf = (id: string): readonly string[] => [
  `system.slice/docker-${id}.scope`,
  `docker/${id}`,
  `machine.slice/libpod-${id}.scope`,
  `libpod_parent/libpod-${id}`,
];

export class Cgroups {
  readonly #files: HostFiles;
  /** Id → its folder, below the mount or below that of a controller. */
  readonly #places = new Map<string, string>();
  readonly #isUnified: boolean;

  constructor(files: HostFiles) {
    this.#files = files;
    this.#isUnified = files.has(`${mount}/cgroup.controllers`);
  }

  /** Those that are gone are forgotten. */
  keep(ids: ReadonlySet<string>): void {
    for (const id of this.#places.keys()) if (!ids.has(id)) this.#places.delete(id);
  }

  /** @returns undefined: its group cannot be seen, or lies where nobody looks (`cgroup_parent`) */
  usage(id: string): Usage | undefined {
    const place = this.#placeOf(id);
    if (place === undefined) return undefined;
    const usage = this.#isUnified ? this.#unified(place) : this.#legacy(place);
    if (usage.cpu !== undefined) return usage;
    this.#places.delete(id);
    return undefined;
  }

  /** By the network namespace of its first process. @returns undefined: that process is hidden from this agent */
  network(id: string): readonly NetworkUsage[] | undefined {
    const place = this.#placeOf(id);
    if (place === undefined) return undefined;
    const processes = this.#files.text(this.#file('memory', place, 'cgroup.procs'));
    const pid = /^\d{1,10}$/m.exec(processes ?? '')?.[0];
    const text = pid === undefined ? undefined : this.#files.text(`proc/${pid}/net/dev`);
    if (text === undefined) return undefined;
    return readNetDev(text)
      .filter(({ name }) => name !== 'lo')
      .map(({ name, ...traffic }) => ({ interface: name, ...traffic }));
  }

  #placeOf(id: string): string | undefined {
    const known = this.#places.get(id);
    if (known !== undefined) return known;
    const found = placesOf(id).find(
      place => this.#files.text(this.#file('memory', place, 'cgroup.procs')) !== undefined,
    );
    if (found !== undefined) this.#places.set(id, found);
    return found;
  }

  #file(controller: string, place: string, name: string): string {
    return this.#isUnified ? `${mount}/${place}/${name}` : `${mount}/${controller}/${place}/${name}`;
  }

  #unified(place: string): Usage {
    const text = (name: string): string | undefined => this.#files.text(this.#file('', place, name));
    return readUnified({
      'cpu.stat': text('cpu.stat'),
      'memory.current': text('memory.current'),
      'memory.stat': text('memory.stat'),
      'memory.events': text('memory.events'),
      'io.stat': text('io.stat'),
      'pids.current': text('pids.current'),
    });
  }

  #legacy(place: string): Usage {
    const text = (controller: string, name: string): string | undefined =>
      this.#files.text(this.#file(controller, place, name));
    return readLegacy({
      'cpuacct.usage': text('cpuacct', 'cpuacct.usage'),
      'cpuacct.stat': text('cpuacct', 'cpuacct.stat'),
      'cpu.stat': text('cpu', 'cpu.stat'),
      'memory.usage_in_bytes': text('memory', 'memory.usage_in_bytes'),
      'memory.stat': text('memory', 'memory.stat'),
      'memory.oom_control': text('memory', 'memory.oom_control'),
      'blkio.throttle.io_service_bytes': text('blkio', 'blkio.throttle.io_service_bytes'),
      'pids.current': text('pids', 'pids.current'),
    });
  }
}
