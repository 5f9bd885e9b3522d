/** A fleet of one device, whose agent is the bundle as a unit of systemd starts it, and whose app has 1 GB of data. */
import { randomFillSync } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { createEngine, type Engine } from '../../agent/runtime/engine/engine.ts';
import { FleetRig } from '../../lab/fleet/fleet-rig.ts';
import { addDevices, addGateway, initialise } from '../../lab/fleet/make-fleet.ts';
import { silent } from '../../lab/fleet/narrator.ts';
import { publish, release } from '../../lab/fleet/publish.ts';
import { firstRelease } from '../../lab/fleet/releases.ts';
import { startOwnEngine } from '../../lab/machine/engine.ts';
import { helperImage } from '../../lab/machine/helper-image.ts';
import { bundle } from '../../scripts/bundle.ts';
import { appliedEverywhere } from '../../scripts/demo/story.ts';
import { asShipped } from '../as-shipped.ts';
import { CpuGroup } from '../simulator/process-tree.ts';

export const files = Number(process.env.TOWLINE_BENCH_FILES ?? 100_000);
const bytesPerFile = 10_240;
export const what = `${(files * bytesPerFile) / 1e9} GB in ${files} files`;

/** Half of each file is random, and half is the same word again and again: a database compresses about as well. */
export function writeFile(place: string, number: number): void {
  const half = randomFillSync(Buffer.alloc(bytesPerFile / 2));
  const bytes = Buffer.concat([half, Buffer.alloc(bytesPerFile / 2, 'row ')]);
  writeFileSync(path.join(place, String(number % 100), `file-${number}`), bytes);
}

function fill(place: string): void {
  for (let folder = 0; folder < 100; folder++) mkdirSync(path.join(place, String(folder)));
  for (let number = 0; number < files; number++) writeFile(place, number);
}

const id = 'keeper';

export class KeptFleet implements AsyncDisposable {
  readonly rig: FleetRig;
  /** All containers of the device. */
  readonly group: CpuGroup;
  readonly engine: Engine;
  /** Name of the volume, and the folder that it is. */
  readonly volume: { readonly name: string; readonly place: string };
  readonly signal: AbortSignal;
  readonly #cleanUp: AsyncDisposableStack;
  #round = 1;

  private constructor(
    parts: Pick<KeptFleet, 'rig' | 'group' | 'engine' | 'volume' | 'signal'>,
    cleanUp: AsyncDisposableStack,
  ) {
    this.rig = parts.rig;
    this.group = parts.group;
    this.engine = parts.engine;
    this.volume = parts.volume;
    this.signal = parts.signal;
    this.#cleanUp = cleanUp;
  }

  /** @param settle what the fleet says besides, before its first release is published */
  static async start(settle: (rig: FleetRig) => Promise<void>, signal: AbortSignal): Promise<KeptFleet> {
    await using cleanUp = new AsyncDisposableStack();
    const name = `towline-bench-${process.pid}`;
    const group = cleanUp.use(new CpuGroup(name));
    const own = await startOwnEngine({ settings: { 'cgroup-parent': `/${name}` } });
    cleanUp.defer(() => own.stop());
    const memory = cleanUp.adopt(mkdtempSync('/dev/shm/towline-bench-'), folder =>
      rmSync(folder, { recursive: true, force: true }),
    );
    const shipped = asShipped();
    const rig = await FleetRig.prepare({
      ...{ narrator: silent, devices: [id], engine: own, agentProgram: (await bundle()).agent ?? '' },
      ...{ agentNodeOptions: shipped.nodeOptions, agentEnvironment: shipped.environment },
    });
    cleanUp.defer(() => rig.stop());
    await initialise(rig);
    await addGateway(rig);
    await addDevices(rig);
    rig.device(id).configure({ helperImage: helperImage(), runtimeDirectory: memory });
    rig.operator.edit('apps/hello/app.yaml', [['backup'], { volumes: 'all', timeout: '30m' }]);
    rig.operator.edit('apps/hello/compose.yaml', [
      ['services', 'worker', 'environment'],
      { ROUND: `\${ROUND}` },
    ]);
    rig.operator.edit(`devices/${id}.yaml`, [['variables', 'ROUND'], '1']);
    await settle(rig);
    await release(rig, firstRelease);
    await rig.gateway.start();
    const commit = await publish(rig, 'hello');
    rig.device(id).program.start();
    await appliedEverywhere(rig, commit);
    const engine = createEngine(own.socket);
    const volume = `${rig.device(id).prefix}hello_data`;
    const { Mountpoint: place } = await engine.call<{ Mountpoint: string }>(
      { method: 'GET', path: `/volumes/${volume}` },
      signal,
    );
    fill(place);
    return new KeptFleet({ rig, group, engine, volume: { name: volume, place }, signal }, cleanUp.move());
  }

  get agent(): number {
    return this.rig.device(id).program.pid ?? 0;
  }

  /** Of the app's backups. */
  get backups(): string {
    const { state, prefix } = this.rig.device(id);
    return path.join(state, 'backups', `${prefix}hello`);
  }

  /** A change of the service that has the volume: what it has is kept before. */
  async change(): Promise<void> {
    this.#round += 1;
    this.rig.operator.edit(`devices/${id}.yaml`, [['variables', 'ROUND'], String(this.#round)]);
    await this.rig.operator.commit(`Round ${this.#round}`);
    const pushed = await this.rig.operator.push({ unchecked: true, quiet: true });
    if (pushed.code !== 0) throw new Error(pushed.stderr);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#cleanUp.disposeAsync();
  }
}
