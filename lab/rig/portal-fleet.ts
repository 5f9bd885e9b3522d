/**
 * A fleet in memory as the portal sees it: commits of main and of devices' branches that are really signed, thousands in a second,
 * and both are moved as a test likes.
 */
import { stringify } from 'yaml';
import { mayRead, readsAll } from '../../core/access/reach.ts';
import type { SignedStatement } from '../../core/enrolment/statement.ts';
import { type Fleet, layersOf } from '../../core/fleet/fleet.ts';
import { type LoadOptions, loadFleet } from '../../core/fleet/load.ts';
import { selectable } from '../../core/fleet/selector.ts';
import type { Clock } from '../../core/io/clock.ts';
import { createSystemClock } from '../../core/io/system-clock.ts';
import { readDeviceReport } from '../../core/telemetry/device-report.ts';
import { ObjectReader } from '../../core/trust/git/object-reader.ts';
import type { ObjectId } from '../../core/trust/git/object-source.ts';
import type { SeenFleet } from '../../portal/home/fleet-source.ts';
import type { Home } from '../../portal/home/home.ts';
import type { Viewer } from '../../portal/home/viewer.ts';
import type { StatusFile } from '../../schemas/types.generated.ts';
import { MemoryKey, MemoryRepository } from './memory-repository.ts';
import { deviceOf, digestOf, fleetText, policyOf, releaseOf } from './portal-files.ts';

export interface PortalFleetOptions {
  /** Devices, `pump-00000` on: every tenth in group `canary`, the others in `rest`; `site` is one of fifty. */
  readonly size: number;
  readonly files?: Readonly<Record<string, string>>;
  /** With keys of their own; false: all have one key, which is made faster. */
  readonly ownKeys?: boolean;
}

export class PortalFleet {
  readonly main = new MemoryRepository();
  readonly telemetry = new MemoryRepository();
  readonly files = new Map<string, string>();
  readonly ids: readonly string[];
  readonly person = new MemoryKey();
  readonly tips = new Map<string, ObjectId>();
  readonly enrolments = new Map<string, readonly SignedStatement[]>();
  /** Reports that were read, in order. */
  readonly read: string[] = [];
  auditTip: ObjectId | undefined;
  seen: SeenFleet | undefined;
  readonly #keys = new Map<string, MemoryKey>();
  readonly #cache: NonNullable<LoadOptions['cache']> = new Map();
  readonly #onMain = new Set<() => void>();
  readonly #onMove = new Set<(device: string) => void>();

  static async make(options: PortalFleetOptions): Promise<PortalFleet> {
    const fleet = new PortalFleet(options);
    await fleet.commit({}, 'A fleet');
    return fleet;
  }

  private constructor({ size, files = {} }: PortalFleetOptions) {
    this.ids = Array.from({ length: size }, (_, at) => `pump-${String(at).padStart(5, '0')}`);
    this.files.set('fleet.yaml', fleetText);
    this.files.set('trust/policy.yaml', policyOf(this.person));
    for (const group of ['canary', 'rest'])
      this.files.set(`groups/${group}.yaml`, 'apiVersion: towline/v1\npriority: 10\n');
    for (const version of ['1.0.0', '1.1.0'])
      for (const [path, text] of Object.entries(releaseOf(version))) this.files.set(path, text);
    for (const [at, id] of this.ids.entries()) {
      const key = new MemoryKey();
      this.#keys.set(id, key);
      this.files.set(`devices/${id.slice(-2)}/${id}.yaml`, deviceOf(at, key));
    }
    for (const [path, text] of Object.entries(files)) this.files.set(path, text);
  }

  pathOf(id: string): string {
    return `devices/${id.slice(-2)}/${id}.yaml`;
  }

  get fleet(): Fleet {
    if (this.seen === undefined) throw new Error('there is no fleet yet');
    return this.seen.fleet;
  }

  /** One commit more on main. @param changes null: the file goes */
  async commit(changes: Readonly<Record<string, string | null>>, subject = 'A change'): Promise<ObjectId> {
    for (const [path, text] of Object.entries(changes)) {
      if (text === null) this.files.delete(path);
      else this.files.set(path, text);
    }
    const timeSec = Math.floor(Date.now() / 1000);
    const parents = this.seen === undefined ? [] : [this.seen.commit];
    const at = { files: this.files, parents, timeSec, signer: this.person };
    const commit = this.main.commit({ ...at, message: `${subject}\n\nTowline-Ref: acme/main\n` });
    const { fleet, problems } = await loadFleet(new ObjectReader(this.main), commit, { cache: this.#cache });
    if (fleet === undefined || problems.length > 0) throw new Error(JSON.stringify(problems.slice(0, 3)));
    this.seen = { fleet, commit };
    for (const listener of [...this.#onMain]) listener();
    return commit;
  }

  statusOf(id: string, changes: Partial<StatusFile> = {}): StatusFile {
    const commit = this.seen?.commit ?? '';
    return {
      ...{ apiVersion: 'towline/v1', fleet: 'acme', device: id, time: new Date().toISOString() },
      ...{
        agent: { version: '0.1.0', engine: '27.0.0' },
        host: { platform: 'linux/arm64', memory: 1 << 30 },
      },
      ...{ trusted: { commit }, followed: commit, applied: commit, outcome: 'unchanged', conditions: [] },
      projects: [
        {
          app: 'web',
          project: 'web',
          release: '1.0.0',
          digest: digestOf('0'),
          state: 'healthy',
          services: [],
        },
      ],
      tunnel: { state: 'closed' },
      ...changes,
    };
  }

  /** A device reports. @param more files of its commit besides, such as segments @param signer another's key */
  say(
    id: string,
    changes: Partial<StatusFile> = {},
    more: Readonly<Record<string, Buffer>> = {},
    signer = this.#keys.get(id),
  ): void {
    const tip = this.tips.get(id);
    const files = new Map<string, string | Buffer>([
      ['status.yaml', stringify(this.statusOf(id, changes))],
      ...Object.entries(more),
    ]);
    const commit = this.telemetry.commit({
      ...{ files, parents: tip === undefined ? [] : [tip], message: 'status\n', signer },
      timeSec: Math.floor(Date.now() / 1000),
    });
    this.tips.set(id, commit);
    for (const listener of [...this.#onMove]) listener(id);
  }

  home(clock: Clock = createSystemClock()): Home {
    const nothing = () => undefined;
    const listen = <Listener>(all: Set<Listener>, listener: Listener) => {
      all.add(listener);
      return () => all.delete(listener);
    };
    const fleetOf = () => this.seen;
    return {
      ...{ kind: 'gateway', clock, log: { debug: nothing, info: nothing, warn: nothing, error: nothing } },
      fleet: {
        get current() {
          return fleetOf();
        },
        onChange: listener => listen(this.#onMain, listener),
        objects: this.main,
      },
      telemetry: {
        tips: () => this.tips,
        onMove: listener => listen(this.#onMove, listener),
        objects: this.telemetry,
        report: async device => {
          const tip = this.tips.get(device);
          if (tip === undefined) return undefined;
          this.read.push(`${device} ${tip}`);
          const sshKey = this.fleet.devices.get(device)?.value.keys?.ssh;
          return await readDeviceReport({ source: this.telemetry, tip, device, fleet: 'acme', sshKey });
        },
        look: () => nothing,
      },
      audit: { tip: async () => this.auditTip, objects: this.telemetry },
      enrolments: async () => this.enrolments,
      ...{ changes: undefined, sessions: undefined, bundles: undefined },
      gateway: { tunnelIsUp: () => false },
    };
  }

  /** An operator of the fleet as it is now. */
  viewer(name: string): Viewer {
    const file = () => this.fleet.operators.get(name)?.value;
    const reads = (device: string) => {
      const [layers, operator] = [layersOf(this.fleet, device), file()];
      if (layers === undefined || operator === undefined) return false;
      const { groups, labels } = selectable(layers);
      const reached = { id: device, groups, labels: Object.fromEntries(labels), file: layers.device.value };
      return mayRead(reached, { file: operator });
    };
    return {
      ...{ name, by: 'ssh', signal: new AbortController().signal, reads },
      readsAll: () => readsAll({ file: file() ?? {} }),
      readsRepository: () => (file()?.git?.fleet ?? 'none') !== 'none',
      pushes: () => 'none',
      operator: file(),
    };
  }
}
