/** Reads what agents and gateways take, from outside of them. */

import { statfsSync } from 'node:fs';
import type { Lab } from '../../lab/sites/lab.ts';
import { bytesBelow, readProcess } from './reading.ts';
import type { Sample } from './record.ts';

/** The folder of a gateway has thousands of files: it is looked through now and then. */
const gatewayDiskEvery = 10;

export class Sampler {
  readonly #lab: Lab;
  readonly #part: number;
  readonly #gatewayDisk = new Map<string, number>();
  #round = 0;

  /** @param part of the soak: process ids of another part's lab are other processes */
  constructor(lab: Lab, part: number) {
    this.#lab = lab;
    this.#part = part;
  }

  async sample(atMs: number): Promise<Sample[]> {
    const { parts } = await this.#lab.status();
    const pids = new Map(parts.map(({ name, pid }) => [name, pid]));
    const named = [
      ...this.#lab.devices.map(({ id }) => ({ part: id, role: 'agent' as const })),
      ...this.#lab.plan.gateways.map(({ name }) => ({ part: name, role: 'gateway' as const })),
    ];
    const found = named.flatMap(({ part, role }): Sample[] => {
      const pid = pids.get(part) ?? 0;
      const reading = pid === 0 ? undefined : readProcess(this.#lab.path(`/proc/${pid}`));
      if (reading === undefined) return [];
      const { started, ...figures } = reading;
      const life = `${this.#part}-${part}-${pid}-${started}`;
      return [{ kind: 'sample', atMs, part, role, life, ...figures, diskBytes: this.#disk(part, role) }];
    });
    this.#round += 1;
    return found;
  }

  #disk(part: string, role: Sample['role']): number {
    if (role === 'agent') {
      const { blocks, bfree, bsize } = statfsSync(this.#lab.path(this.#lab.places.deviceState(part)));
      return (blocks - bfree) * bsize;
    }
    const known = this.#gatewayDisk.get(part);
    if (known !== undefined && this.#round % gatewayDiskEvery !== 0) return known;
    const bytes = bytesBelow(this.#lab.places.gateway(part));
    this.#gatewayDisk.set(part, bytes);
    return bytes;
  }
}
