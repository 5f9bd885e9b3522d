/** One device with everything real: a signed fleet, git over mutual TLS, a registry, the engine, the agent's program. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { stringify } from 'yaml';
import { makeDeviceKeys, sshPublicKey, writeDeviceKeys } from '../../core/io/device-keys.ts';
import { telemetryRef } from '../../core/telemetry/telemetry-ref.ts';
import { type Engine, ensureEngine } from '../machine/engine.ts';
import { ImageMaker, type PushedImage } from '../machine/images.ts';
import { type Registry, startRegistry } from '../machine/registry.ts';
import { type AgentRun, runAgent } from './agent-run.ts';
import { makeFleetOfOne } from './fleet-of-one.ts';
import { type CommitOptions, type FleetRepository, makeRepository } from './fleet-repository.ts';
import { type GitServer, startGitServer } from './git-server.ts';
import { type GpgKey, makeGpgKey } from './keys.ts';
import { webRelease } from './web-release.ts';

export class AgentRig implements AsyncDisposable {
  readonly fleet: FleetRepository;
  readonly telemetry: FleetRepository;
  readonly anchor: string;
  readonly server: GitServer;
  readonly engine: Engine;
  readonly registry: Registry;
  readonly images: Readonly<Record<'one' | 'two' | 'sick' | 'worker', PushedImage>>;
  readonly folder: string;
  readonly stateDirectory: string;
  readonly configFile: string;
  readonly device: string;
  readonly prefix: string;
  readonly signer: GpgKey;
  readonly sshPublicKey: string;
  readonly #cleanUp: AsyncDisposableStack;

  private constructor(
    fields: Omit<AgentRig, typeof Symbol.asyncDispose | keyof Methods>,
    cleanUp: AsyncDisposableStack,
  ) {
    this.fleet = fields.fleet;
    this.telemetry = fields.telemetry;
    this.anchor = fields.anchor;
    this.server = fields.server;
    this.engine = fields.engine;
    this.registry = fields.registry;
    this.images = fields.images;
    this.folder = fields.folder;
    this.stateDirectory = fields.stateDirectory;
    this.configFile = fields.configFile;
    this.device = fields.device;
    this.prefix = fields.prefix;
    this.signer = fields.signer;
    this.sshPublicKey = fields.sshPublicKey;
    this.#cleanUp = cleanUp;
  }

  static async start(): Promise<AgentRig> {
    const cleanUp = new AsyncDisposableStack();
    try {
      return await AgentRig.#start(cleanUp);
    } catch (error) {
      await cleanUp.disposeAsync();
      throw error;
    }
  }

  static async #start(cleanUp: AsyncDisposableStack): Promise<AgentRig> {
    const engine = await ensureEngine();
    cleanUp.defer(() => engine.stop());
    const registry: Registry = await startRegistry();
    cleanUp.defer(() => registry.stop());
    const maker = new ImageMaker(engine.socket, registry.address);
    cleanUp.defer(() => maker.forget());
    const images = {
      one: await maker.push('web', '1.0', 'web'),
      two: await maker.push('web', '2.0', 'web'),
      sick: await maker.push('web', '3.0', 'unhealthy'),
      worker: await maker.push('worker', '1.0', 'worker'),
    };
    const folder = await mkdtemp(path.join(tmpdir(), 'towline-agent-'));
    cleanUp.defer(() => rm(folder, { recursive: true, force: true }));
    const unique = `t${process.pid}${Date.now() % 100_000}`;
    const device = `pump-${unique}`;
    const keys = makeDeviceKeys(device);
    const stateDirectory = path.join(folder, 'state');
    await writeDeviceKeys(path.join(stateDirectory, 'keys'), keys);
    const signer = await makeGpgKey({ name: 'alice' });
    cleanUp.defer(() => signer.remove());
    const telemetry = await makeRepository();
    cleanUp.defer(() => telemetry.remove());
    const { repository: fleet, anchor } = await makeFleetOfOne(device, { keys, signer });
    cleanUp.defer(() => fleet.remove());
    const server = await startGitServer({ fleet: fleet.path, telemetry: telemetry.path });
    cleanUp.defer(() => server.close());
    const configFile = path.join(folder, 'agent.yaml');
    const prefix = `${unique}-`;
    await writeFile(
      configFile,
      stringify({
        apiVersion: 'towline/v1',
        fleet: 'acme',
        device,
        anchor,
        gateways: [server.gateway],
        stateDirectory,
        engineSocket: engine.socket,
        projectPrefix: prefix,
      }),
    );
    const fields = { fleet, telemetry, anchor, server, engine, images, folder, stateDirectory, configFile };
    const rig = new AgentRig(
      { ...fields, registry, device, prefix, signer, sshPublicKey: sshPublicKey(keys) },
      cleanUp,
    );
    cleanUp.defer(() => rig.removeContainers());
    return rig;
  }

  /** A signed commit on main. */
  commit(options: CommitOptions): Promise<string> {
    return this.fleet.commit({ signer: this.signer, ...options });
  }

  /** A commit that gives this device the app `web` in this release. */
  async release(version: string, image: PushedImage, more: Record<string, unknown> = {}): Promise<string> {
    const device = await this.fleet.git(['show', `main:devices/${this.device}.yaml`]);
    const withoutApps = device.replace(/^apps:\n( .*\n?)*/m, '').trimEnd();
    const apps = stringify({ apps: { web: { release: version } } });
    return this.commit({
      message: `Release ${version}`,
      files: {
        ...webRelease(version, { web: image, worker: this.images.worker }, more),
        [`devices/${this.device}.yaml`]: `${withoutApps}\n${apps}`,
      },
    });
  }

  /** `node agent/main.ts --config … --once --json`. */
  once(): Promise<AgentRun> {
    return this.run(['--once', '--json']).ended;
  }

  run(args: readonly string[]) {
    return runAgent(['--config', this.configFile, ...args]);
  }

  /** The newest status that was pushed, as text; undefined before the first. */
  async status(): Promise<string | undefined> {
    return this.telemetry.git(['show', `${telemetryRef(this.device)}:status.yaml`]).catch(() => undefined);
  }

  async pushes(): Promise<number> {
    return Number(await this.telemetry.git(['rev-list', '--count', telemetryRef(this.device)]));
  }

  async containers(): Promise<{ id: string; service: string; image: string; state: string }[]> {
    const filters = encodeURIComponent(JSON.stringify({ label: [`io.towline.device=${this.device}`] }));
    const found = await this.engineCall('GET', `/containers/json?all=true&filters=${filters}`);
    return (found as { Id: string; Image: string; State: string; Labels: Record<string, string> }[])
      .map(({ Id, Image, State, Labels }) => ({
        id: Id,
        service: Labels['io.towline.service'] ?? '',
        image: Image,
        state: State,
      }))
      .sort((a, b) => (a.service < b.service ? -1 : 1));
  }

  async engineCall(method: 'GET' | 'POST' | 'DELETE', at: string): Promise<unknown> {
    const { createEngine } = await import('../../agent/runtime/engine/engine.ts');
    const [pathname = '', search = ''] = at.split('?');
    const query = Object.fromEntries(new URLSearchParams(search));
    return createEngine(this.engine.socket).call(
      { method, path: pathname, query },
      new AbortController().signal,
    );
  }

  async removeContainers(): Promise<void> {
    for (const { id } of await this.containers())
      await this.engineCall('DELETE', `/containers/${id}?force=true&v=true`);
    const filters = encodeURIComponent(JSON.stringify({ label: [`io.towline.device=${this.device}`] }));
    const networks = (await this.engineCall('GET', `/networks?filters=${filters}`)) as { Id: string }[];
    for (const { Id } of networks) await this.engineCall('DELETE', `/networks/${Id}`);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#cleanUp.disposeAsync();
  }
}

type Methods = Pick<
  AgentRig,
  | 'commit'
  | 'release'
  | 'once'
  | 'run'
  | 'status'
  | 'pushes'
  | 'containers'
  | 'engineCall'
  | 'removeContainers'
>;
