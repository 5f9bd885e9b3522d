/** The people's port, the registry of tunnels and agents, wired on loopback; the device port is a bare TCP port. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import type { SshTunnelController } from '../../agent/tunnel/tunnel-controller.ts';
import type { GatewayAddress } from '../../core/fleet/gateway-address.ts';
import type { DesiredTunnel } from '../../core/fleet/tunnel.ts';
import type { Clock } from '../../core/io/clock.ts';
import type { ConnectionLimits } from '../../core/io/ssh/ssh-connection.ts';
import { createSystemClock } from '../../core/io/system-clock.ts';
import { DeviceLogin } from '../../gateway/access/device-login.ts';
import type { AuditEvent } from '../../gateway/admission/audit.ts';
import type { Bus } from '../../gateway/bus/bus.ts';
import { InProcessBus } from '../../gateway/bus/in-process.ts';
import { FleetViewHolder } from '../../gateway/fleet/fleet-view-holder.ts';
import type { CarriedTelemetry } from '../../gateway/people/carried-telemetry.ts';
import type { DoorLimits } from '../../gateway/people/doorkeeper.ts';
import type { PeopleGit, PeopleGitRequest } from '../../gateway/people/people-git.ts';
import { createPeopleServer, type PeopleServer } from '../../gateway/people/people-port.ts';
import { RecordingStore } from '../../gateway/recordings/recording-store.ts';
import { TunnelRegistry } from '../../gateway/tunnel/tunnel-registry.ts';
import { type Finished, finish } from './finished.ts';
import { makeKeyFile } from './key-file.ts';
import { type SshHost, writeClientConfig } from './ssh-client-config.ts';
import { tunnelAgent } from './tunnel-agent.ts';
import { device, hour, makeView, operator, type ViewChange } from './tunnel-fleet.ts';

export interface RigOptions {
  readonly tunnel?: DesiredTunnel;
  readonly limits?: Partial<DoorLimits>;
  readonly connectionLimits?: ConnectionLimits;
  readonly git?: PeopleGit['run'];
  readonly clock?: Clock;
  readonly keepaliveMs?: number;
  readonly loginGraceMs?: number;
  /** The key with which the gateway logs in at devices. */
  readonly accessKeyFile?: string;
  /** Of the operator's key, as ssh-keygen calls it. */
  readonly operatorKeyType?: string;
}

const keep = { keepMs: hour, maxBytes: 8 * 1024 ** 2, maxBytesPerDevice: 8 * 1024 ** 2 };
const silent = { debug() {}, info() {}, warn() {}, error() {} };

/** Everything that one test needs; `await using` cleans up. */
const nothing = () => Promise.reject(new Error('no telemetry here'));
const noTelemetry: CarriedTelemetry = {
  store: { tip: () => undefined },
  intake: { begin: () => undefined, receive: nothing, take: nothing },
  departures: { has: () => false },
};

export class Rig implements AsyncDisposable {
  readonly folder: string;
  readonly view: FleetViewHolder;
  readonly tunnels: TunnelRegistry;
  readonly people: PeopleServer;
  readonly recordings: RecordingStore;
  readonly audits: AuditEvent[];
  readonly gateway: GatewayAddress;
  readonly clock: Clock;
  readonly bus: Bus;
  readonly devicePort: number;
  readonly #server: Server;
  readonly #agents: SshTunnelController[] = [];
  readonly #children: ChildProcess[] = [];
  readonly #sockets: Set<Socket>;
  readonly #keepaliveMs: number | undefined;

  private constructor(
    parts: Pick<
      Rig,
      'folder' | 'view' | 'tunnels' | 'people' | 'recordings' | 'audits' | 'gateway' | 'clock' | 'bus'
    >,
    server: Server,
    sockets: Set<Socket>,
    keepaliveMs: number | undefined,
  ) {
    this.folder = parts.folder;
    this.view = parts.view;
    this.tunnels = parts.tunnels;
    this.people = parts.people;
    this.recordings = parts.recordings;
    this.audits = parts.audits;
    this.gateway = parts.gateway;
    this.clock = parts.clock;
    this.bus = parts.bus;
    this.#server = server;
    this.#sockets = sockets;
    this.devicePort = (server.address() as AddressInfo).port;
    this.#keepaliveMs = keepaliveMs;
  }

  static async start(options: RigOptions = {}): Promise<Rig> {
    const folder = await mkdtemp(join(tmpdir(), 'tl-ssh-'));
    for (const name of ['gateway', 'device', 'stranger']) await makeKeyFile(join(folder, name));
    await makeKeyFile(join(folder, operator), options.operatorKeyType);
    const clock = options.clock ?? createSystemClock();
    const view = new FleetViewHolder(await makeView(folder, options.tunnel));
    const hostKeys = [await readFile(join(folder, 'gateway'), 'utf8')];
    const audits: AuditEvent[] = [];
    const audit = { write: (event: AuditEvent) => void audits.push(event) };
    const bus = new InProcessBus();
    const services = { view, hostKeys, audit, log: silent, clock };
    const tunnels = new TunnelRegistry({
      ...services,
      bus,
      ...(options.keepaliveMs === undefined ? {} : { keepaliveMs: options.keepaliveMs }),
      ...(options.loginGraceMs === undefined ? {} : { loginGraceMs: options.loginGraceMs }),
      ...(options.connectionLimits === undefined ? {} : { limits: options.connectionLimits }),
    });
    const git: PeopleGit = { run: options.git ?? (async (_request: PeopleGitRequest) => 1) };
    const listen = { host: '127.0.0.1', port: 0 };
    const recordings = await RecordingStore.open(join(folder, 'recordings'), keep);
    const people = await createPeopleServer({
      ...services,
      git,
      tunnels,
      deviceLogin:
        options.accessKeyFile === undefined
          ? undefined
          : await DeviceLogin.open({ ...services, tunnels, keyFile: options.accessKeyFile }),
      telemetryHints: { watch: () => () => {} },
      telemetry: noTelemetry,
      bell: { ask: () => 0, ring: () => false },
      bundles: { make: nothing },
      agents: { list: () => [], take: nothing },
      recordings,
      listen,
      limits: options.limits ?? {},
    });
    const sockets = new Set<Socket>();
    const server = createServer(socket => {
      sockets.add(socket);
      socket.once('close', () => sockets.delete(socket));
      tunnels.accept(socket, device);
    });
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
    const address = `127.0.0.1:${(server.address() as AddressInfo).port}`;
    const gateway = {
      address,
      tlsPins: [],
      sshHostKeys: [await readFile(join(folder, 'gateway.pub'), 'utf8')],
    };
    return new Rig(
      { folder, view, tunnels, people, recordings, audits, gateway, clock, bus },
      server,
      sockets,
      options.keepaliveMs,
    );
  }

  /** Live connections of devices at the gateway's side. */
  get deviceSockets(): readonly Socket[] {
    return [...this.#sockets];
  }

  /** An agent's tunnel controller with the device's key. */
  async agent(
    options: {
      readonly key?: string;
      readonly hostKeys?: readonly string[];
      readonly through?: (socket: Socket) => Socket;
      /** Of another gateway than the rig's. */
      readonly port?: number;
      readonly clock?: Clock;
      /** What answers at `towline:22`; absent: nobody. */
      readonly server?: { accept(stream: Duplex): void };
    } = {},
  ): Promise<SshTunnelController> {
    const gateway = { ...this.gateway, sshHostKeys: options.hostKeys ?? this.gateway.sshHostKeys };
    const controller = tunnelAgent({
      port: options.port ?? this.devicePort,
      gateway,
      sshKey: await readFile(join(this.folder, options.key ?? 'device'), 'utf8'),
      clock: options.clock ?? this.clock,
      through: options.through,
      server: options.server,
      keepaliveMs: this.#keepaliveMs,
    });
    this.#agents.push(controller);
    return controller;
  }

  async publish(tunnel: DesiredTunnel | undefined, change: ViewChange = {}): Promise<void> {
    this.view.publish(await makeView(this.folder, tunnel, change));
  }

  /** Configuration of a stock client: `gw`, and each host beyond it by ProxyJump. */
  async clientConfig(
    hosts: Readonly<Record<string, SshHost>> = {},
    identity: string = operator,
  ): Promise<string> {
    const { port } = this.people.address;
    return writeClientConfig(this.folder, port, hosts, identity);
  }

  /** Starts a program that ends with the test. */
  spawn(
    program: string,
    args: readonly string[],
    environment: Readonly<Record<string, string>> = {},
  ): ChildProcess {
    const child = spawn(program, args, { stdio: 'pipe', env: { ...process.env, ...environment } });
    this.#children.push(child);
    return child;
  }

  /** Runs a program to its end. */
  run(
    program: string,
    args: readonly string[],
    input: Uint8Array | string = '',
    environment: Readonly<Record<string, string>> = {},
  ): Promise<Finished> {
    return finish(this.spawn(program, args, environment), input);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const child of this.#children) child.kill('SIGKILL');
    for (const agent of this.#agents) await agent.stop();
    await this.tunnels.close();
    await this.people.close(0);
    for (const socket of this.#sockets) socket.destroy();
    await new Promise<void>(resolve => this.#server.close(() => resolve()));
    await rm(this.folder, { recursive: true, force: true });
  }
}
