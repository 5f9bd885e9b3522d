/** What the devices of a lab have said of themselves, as the person at the desk reads it: by stock git, from each gateway. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';
import { telemetryRefs } from '../../core/telemetry/telemetry-ref.ts';
import type { StatusFile } from '../../schemas/types.generated.ts';
import { status as isStatus } from '../../schemas/validate.generated.js';
import type { Desk } from './desk.ts';
import type { HostPlan } from './lab-plan.ts';

export class Telemetry {
  readonly #desk: Desk;
  readonly #gateways: readonly HostPlan[];
  readonly directory: string;

  constructor(desk: Desk, gateways: readonly HostPlan[]) {
    this.#desk = desk;
    this.#gateways = gateways;
    this.directory = path.join(path.dirname(desk.directory), 'telemetry.git');
  }

  /** Fetches what there is. A gateway that does not answer is left out. */
  async fetch(signal?: AbortSignal): Promise<void> {
    if (!existsSync(this.directory)) {
      await this.#desk.run('git', ['init', '--quiet', '--bare', this.directory], { directory: '/' });
      for (const { name } of this.#gateways)
        await this.#git(['remote', 'add', name, `ssh://${name}/telemetry.git`]);
    }
    for (const { name } of this.#gateways)
      await this.#git(['fetch', '--quiet', name, `+${telemetryRefs}*:refs/remotes/${name}/*`], signal);
  }

  /** The newest status of a device, as far as it was fetched; undefined before its first one. */
  async status(device: string): Promise<StatusFile | undefined> {
    const found: StatusFile[] = [];
    for (const { name } of this.#gateways) {
      const { code, stdout } = await this.#git(['show', `refs/remotes/${name}/${device}:status.yaml`]);
      const value: unknown = code === 0 ? parse(stdout) : undefined;
      if (isStatus(value)) found.push(value);
    }
    return found.sort((left, right) => (left.time < right.time ? 1 : -1))[0];
  }

  /** Commits of a device's branch at the first gateway, newest first, as `git log` shows them. */
  async log(device: string, ...options: readonly string[]): Promise<string> {
    const [first] = this.#gateways;
    return (await this.#git(['log', ...options, `refs/remotes/${first?.name}/${device}`])).stdout;
  }

  #git(words: readonly string[], signal?: AbortSignal) {
    const options = { directory: '/', ...(signal === undefined ? {} : { signal }) };
    return this.#desk.try('git', ['--git-dir', this.directory, ...words], options);
  }
}
