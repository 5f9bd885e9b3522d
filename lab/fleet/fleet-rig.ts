/** A whole fleet on one machine: a person, a gateway, a registry, an engine, and devices. The demo's and the tests'. */

import path from 'node:path';
import { type Engine, ensureEngine } from '../machine/engine.ts';
import { freePort } from '../machine/free-port.ts';
import { ImageMaker } from '../machine/images.ts';
import { requireCommands } from '../machine/packages.ts';
import { entries } from '../machine/programs.ts';
import { type Registry, startRegistry } from '../machine/registry.ts';
import { claimDevice } from './device-claim.ts';
import { DeviceProcess } from './device-process.ts';
import { EngineView } from './engine-view.ts';
import { GatewayProcess } from './gateway-process.ts';
import type { Narrator } from './narrator.ts';
import { Operator } from './operator.ts';
import { pushReleases } from './releases.ts';
import { TelemetryView } from './telemetry-view.ts';
import { Workspace } from './workspace.ts';

export interface FleetRigOptions {
  readonly narrator: Narrator;
  /** Ids of the devices; each gets an agent of its own on the one engine. Default: two. */
  readonly devices?: readonly string[];
  /** The engine; it ends with the rig. Default: the one that answers, else one of our own. */
  readonly engine?: Engine;
  /** Images of the registry. Default: those of the story's app. */
  readonly pushImages?: (images: ImageMaker) => Promise<unknown>;
  /** Socket that the agents use instead of the engine's own: a proxy that counts. */
  readonly agentSocket?: (engineSocket: string) => Promise<string>;
  /** Path of the agent's program, from the root where it is relative. Default: what ships, or its source. */
  readonly agentProgram?: string;
  /** Options of the Node that runs it. */
  readonly agentNodeOptions?: readonly string[];
  /** What it finds in its environment besides. */
  readonly agentEnvironment?: Readonly<Record<string, string>>;
}

export const fleetName = 'demo-fleet';

export class FleetRig {
  readonly narrator: Narrator;
  readonly workspace: Workspace;
  readonly engine: Engine;
  readonly registry: Registry;
  readonly images: ImageMaker;
  readonly operator: Operator;
  readonly gateway: GatewayProcess;
  readonly devices: readonly DeviceProcess[];
  readonly view: EngineView;
  readonly telemetry: TelemetryView;
  readonly #cleanUp: AsyncDisposableStack;

  private constructor(parts: Omit<FleetRig, 'device' | 'stop'>, cleanUp: AsyncDisposableStack) {
    this.narrator = parts.narrator;
    this.workspace = parts.workspace;
    this.engine = parts.engine;
    this.registry = parts.registry;
    this.images = parts.images;
    this.operator = parts.operator;
    this.gateway = parts.gateway;
    this.devices = parts.devices;
    this.view = parts.view;
    this.telemetry = parts.telemetry;
    this.#cleanUp = cleanUp;
  }

  /** Brings up everything but the programs: those are started by the story. */
  static async prepare(options: FleetRigOptions): Promise<FleetRig> {
    requireCommands(['git', 'gpg', 'ssh', 'ssh-keygen', 'sshd', 'docker-registry', 'busybox']);
    const ids = options.devices ?? ['north', 'south'];
    await using cleanUp = new AsyncDisposableStack();
    const workspace = new Workspace();
    cleanUp.defer(() => workspace.remove());
    const engine = options.engine ?? (await ensureEngine());
    cleanUp.defer(() => engine.stop());
    const view = new EngineView(engine.socket);
    const registry = await startRegistry();
    cleanUp.defer(() => registry.stop());
    const images = new ImageMaker(engine.socket, registry.address);
    cleanUp.defer(() => images.forget());
    const operator = await Operator.make(workspace, options.narrator);
    cleanUp.defer(() => operator.remove());
    const gateway = await GatewayProcess.prepare(workspace);
    cleanUp.defer(() => gateway.program.stop());
    const engineSocket = (await options.agentSocket?.(engine.socket)) ?? engine.socket;
    const devices: DeviceProcess[] = [];
    for (const id of ids) {
      cleanUp.use(await claimDevice(engine.socket, id));
      const program = options.agentProgram ?? entries.agent;
      const httpPort = await freePort();
      const device = await DeviceProcess.prepare({
        id,
        engineSocket,
        workspace,
        httpPort,
        program,
        nodeOptions: options.agentNodeOptions,
        environment: options.agentEnvironment,
      });
      devices.push(device);
      cleanUp.defer(() => view.clear(id));
      cleanUp.defer(() => device.remove());
    }
    await (options.pushImages ?? pushReleases)(images);
    const telemetry = new TelemetryView(operator, path.join(workspace.folder, 'telemetry'));
    const parts = { workspace, engine, registry, images, operator, gateway, devices, view, telemetry };
    return new FleetRig({ narrator: options.narrator, ...parts }, cleanUp.move());
  }

  /** A device by its id. */
  device(id: string): DeviceProcess {
    const device = this.devices.find(candidate => candidate.id === id);
    if (device === undefined) throw new Error(`the rig has no device ${id}`);
    return device;
  }

  /** Ends every program and removes everything, in the order opposite to that in which it came. Harmless twice. */
  async stop(): Promise<void> {
    await Promise.allSettled([
      ...this.devices.map(device => device.program.stop()),
      this.gateway.program.stop(),
    ]);
    await this.#cleanUp.disposeAsync();
  }
}
