/** A fleet of one device whose agent is to update itself: its repositories, its keys, and versions of the real agent as parts. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parse, stringify } from 'yaml';
import { makeDeviceKeys, writeDeviceKeys } from '../../../core/io/device-keys.ts';
import { telemetryRef } from '../../../core/telemetry/telemetry-ref.ts';
import { makeFleetOfOne } from '../../../lab/rig/fleet-of-one.ts';
import { type FleetRepository, makeRepository } from '../../../lab/rig/fleet-repository.ts';
import { type GpgKey, makeGpgKey } from '../../../lab/rig/keys.ts';
import type { StatusFile } from '../../../schemas/types.generated.ts';
import { architectures, targets } from '../../../scripts/package/architecture.ts';
import { type MadeParts, makeParts, type PartsOptions } from '../../../scripts/package/parts.ts';
import { bundled } from '../../deploy/bundled.ts';

const here = architectures.find(each => targets[each].node === process.arch) ?? 'amd64';
export const platform = targets[here].platform;

/** What all of a file's tests share: the bundle, from which versions are made. */
let dist: Promise<string> | undefined;

export class AgentFleet implements AsyncDisposable {
  readonly folder: string;
  readonly device: string;
  readonly fleet: FleetRepository;
  readonly telemetry: FleetRepository;
  readonly anchor: string;
  readonly dist: string;
  readonly #signer: GpgKey;
  readonly #cleanUp: AsyncDisposableStack;

  private constructor(
    made: Pick<AgentFleet, 'folder' | 'device' | 'fleet' | 'telemetry' | 'anchor' | 'dist'>,
    signer: GpgKey,
    cleanUp: AsyncDisposableStack,
  ) {
    this.folder = made.folder;
    this.device = made.device;
    this.fleet = made.fleet;
    this.telemetry = made.telemetry;
    this.anchor = made.anchor;
    this.dist = made.dist;
    this.#signer = signer;
    this.#cleanUp = cleanUp;
  }

  static async make(): Promise<AgentFleet> {
    const cleanUp = new AsyncDisposableStack();
    dist ??= bundled(mkdtempSync(path.join(tmpdir(), 'towline-dist-')));
    const folder = mkdtempSync(path.join(tmpdir(), 'towline-updated-'));
    cleanUp.defer(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));
    const device = `pump-${process.pid}-${Date.now() % 100_000}`;
    const keys = makeDeviceKeys(device);
    await writeDeviceKeys(path.join(folder, 'state/keys'), keys);
    const signer = await makeGpgKey({ name: 'root' });
    cleanUp.defer(() => signer.remove());
    const telemetry = await makeRepository();
    cleanUp.defer(() => telemetry.remove());
    const { repository: fleet, anchor } = await makeFleetOfOne(device, { keys, signer });
    cleanUp.defer(() => fleet.remove());
    return new AgentFleet({ folder, device, fleet, telemetry, anchor, dist: await dist }, signer, cleanUp);
  }

  /** A version as parts. */
  make(version: string, change: Partial<PartsOptions> = {}): MadeParts {
    const folder = path.join(this.folder, 'made', version);
    const of = {
      dist: this.dist,
      folder,
      version,
      architectures: [here],
      node: false,
      helper: false,
    } as const;
    return makeParts({ ...of, ...change });
  }

  /** Each part of it, by its hash. */
  *partsOf({ platforms, file }: MadeParts): Generator<readonly [sha256: string, bytes: Buffer]> {
    for (const { sha256 } of platforms[platform]?.parts ?? [])
      yield [sha256, readFileSync(path.join(path.dirname(file), 'parts', sha256))];
  }

  /** Root lists it, and the fleet wants it. */
  async want({ version, file }: MadeParts, more: Readonly<Record<string, string>> = {}): Promise<string> {
    const fleetFile = parse(await this.fleet.git(['show', 'main:fleet.yaml']));
    const policy = parse(await this.fleet.git(['show', 'main:trust/policy.yaml']));
    return await this.fleet.commit({
      signer: this.#signer,
      message: `Agent ${version}`,
      files: {
        [`trust/agents/${version}.yaml`]: readFileSync(file, 'utf8'),
        'trust/policy.yaml': stringify({ ...policy, version: policy.version + 1 }),
        'fleet.yaml': stringify({ ...fleetFile, agent: { version } }),
        ...more,
      },
    });
  }

  commit(files: Readonly<Record<string, string>>): Promise<string> {
    return this.fleet.commit({ signer: this.#signer, files });
  }

  /** The newest status that was pushed. */
  async status(): Promise<StatusFile | undefined> {
    const ref = `${telemetryRef(this.device)}:status.yaml`;
    const text = await this.telemetry.git(['show', ref]).catch(() => undefined);
    return text === undefined ? undefined : parse(text);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#cleanUp.disposeAsync();
  }
}
