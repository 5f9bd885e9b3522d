/** The agent's own SSH server on a loopback port, with a real engine behind it and a stock client before it. */
import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { hijackOf } from '../../agent/access/engine/engine-socket.ts';
import { courseOf as courseOfLeft } from '../../agent/access/engine/hang-up-again.ts';
import { LeftRunning, type LeftRunningOptions } from '../../agent/access/engine/left-running.ts';
import type { AgentSshServer } from '../../agent/access/server/agent-ssh-server.ts';
import type { DoorLimits } from '../../agent/access/server/door.ts';
import { makeAccessServer } from '../../agent/access/server/make-access-server.ts';
import type { LiveSession } from '../../agent/access/sessions/live-session.ts';
import type { SessionKeeper } from '../../agent/access/sessions/session-house.ts';
import { createEngine, type Engine } from '../../agent/runtime/engine/engine.ts';
import { readEntries } from '../../agent/runtime/engine/log-reader.ts';
import type { Noted } from '../../agent/telemetry/events/engine-words.ts';
import type { DeviceAccess } from '../../core/access/device-access.ts';
import type { DesiredState } from '../../core/desired/state.ts';
import type { Clock } from '../../core/io/clock.ts';
import { createSystemClock } from '../../core/io/system-clock.ts';
import { label } from '../../core/plan/container/labels.ts';
import { ensureEngine } from '../machine/engine.ts';
import { ImageMaker } from '../machine/images.ts';
import { type AccessChange, keyLine, makeAccess } from './access-change.ts';
import { type Finished, finish } from './finished.ts';
import { makeKeyFile } from './key-file.ts';

const silent = { debug() {}, info() {}, warn() {}, error() {} };

export interface AccessRigOptions {
  readonly limits?: Partial<DoorLimits>;
  readonly clock?: Clock;
  /** Is told what is trusted. */
  readonly keeper?: (access: () => DeviceAccess | undefined) => SessionKeeper;
  readonly desired?: DesiredState;
  /** Absent: whatever answers on this machine. `none`: nothing of it is used. Else what answers on this socket. */
  readonly engine?: 'none' | { readonly socket: string };
}

const talking = ['sh', '-c', 'trap "exit 0" TERM; echo hello; while :; do sleep 1 & wait $!; done'];

/** `await using` cleans up: containers bear the device's name. */
export class AccessRig implements AsyncDisposable {
  readonly device = `access-${randomBytes(4).toString('hex')}`;
  readonly folder: string;
  readonly server: AgentSshServer;
  readonly port: number;
  readonly noted: Noted[];
  /** Sessions that have begun. */
  readonly sessions: LiveSession[];
  readonly trust: (access: DeviceAccess) => void;
  readonly left: LeftRunning;
  readonly #engine: { readonly engine: Engine; readonly socket: string } | undefined;
  readonly #listener: Server;
  readonly #sockets: Set<Socket>;
  readonly #children: ChildProcess[] = [];
  readonly #containers: string[] = [];

  private constructor(
    parts: Pick<AccessRig, 'folder' | 'server' | 'noted' | 'sessions' | 'device' | 'trust' | 'left'>,
    engine: { readonly engine: Engine; readonly socket: string } | undefined,
    listener: Server,
    sockets: Set<Socket>,
  ) {
    this.device = parts.device;
    this.folder = parts.folder;
    this.server = parts.server;
    this.noted = parts.noted;
    this.sessions = parts.sessions;
    this.trust = parts.trust;
    this.left = parts.left;
    this.#engine = engine;
    this.#listener = listener;
    this.#sockets = sockets;
    this.port = (listener.address() as AddressInfo).port;
  }

  static async start(options: AccessRigOptions = {}): Promise<AccessRig> {
    const folder = await mkdtemp(join(tmpdir(), 'tl-access-'));
    const names = ['device', 'alice', 'bob', 'stranger', 'gateway'];
    await Promise.all(names.map(name => makeKeyFile(join(folder, name))));
    const { engine: asked } = options;
    const none = { socket: '/nonexistent/docker.sock' };
    const { socket } = asked === 'none' ? none : (asked ?? (await ensureEngine()));
    const engine = createEngine(socket);
    const noted: Noted[] = [];
    const sessions: LiveSession[] = [];
    const device = `access-${randomBytes(4).toString('hex')}`;
    const state: { access?: DeviceAccess } = {};
    const keeper: SessionKeeper = options.keeper?.(() => state.access) ?? {
      begin: async session => void sessions.push(session),
      visit: async () => 1,
      list: () => [],
      share: () => '',
      guest: async () => 1,
      judgeAgain: () => {},
    };
    const courseOf: LeftRunningOptions['courseOf'] = (...of) =>
      courseOfLeft({ engine, hijack: hijackOf(socket) }, ...of);
    const note = (one: Noted) => void noted.push(one);
    const left = new LeftRunning({ file: join(folder, 'left-running.json'), courseOf, note, log: silent });
    const server = makeAccessServer({
      left,
      ...{ device, engine, engineSocket: socket, log: silent, projectPrefix: '' },
      hostKey: await readFile(join(folder, 'device'), 'utf8'),
      runtime: { logEntries: (ask, take, signal) => readEntries(engine, ask, take, signal) },
      keeper,
      clock: options.clock ?? createSystemClock(),
      note,
      desired: () => options.desired,
      status: () => undefined,
      ...(options.limits === undefined ? {} : { limits: options.limits }),
    });
    const sockets = new Set<Socket>();
    const listener = createServer({ noDelay: true }, one => {
      sockets.add(one);
      one.once('close', () => sockets.delete(one));
      server.accept(one);
    });
    await new Promise<void>(resolve => listener.listen(0, '127.0.0.1', resolve));
    const known = options.engine === 'none' ? undefined : { engine, socket };
    const trust = (access: DeviceAccess): void => {
      state.access = access;
      server.use(access);
      keeper.judgeAgain();
    };
    return new AccessRig({ folder, server, noted, sessions, device, trust, left }, known, listener, sockets);
  }

  get engine(): Engine {
    if (this.#engine === undefined) throw new Error('this rig has no engine');
    return this.#engine.engine;
  }

  /** The engine's. */
  get socket(): string {
    return this.#engine?.socket ?? '';
  }

  /** Connections that are there. */
  get connections(): readonly Socket[] {
    return [...this.#sockets];
  }

  /** Trusts this from now on. */
  async use(change: AccessChange = {}): Promise<void> {
    this.trust(await makeAccess(this.folder, this.device, change));
  }

  /** A container of a service. @returns its id */
  async container(app: string, service: string, command = talking, path = '/bin'): Promise<string> {
    const image = await new ImageMaker(this.#engine?.socket ?? '', 'towline.invalid').kept('worker');
    const { device } = this;
    const number = 1;
    const labels = {
      ...{ [label.device]: device, [label.project]: app, [label.service]: service },
      [label.number]: String(number),
    };
    const body = { Image: image, Labels: labels, Cmd: command, Env: [`PATH=${path}`] };
    const name = `${device}-${app}-${service}-${number}`;
    const signal = AbortSignal.timeout(60_000);
    const made = await this.engine.call<{ Id: string }>(
      { method: 'POST', path: '/containers/create', query: { name }, body },
      signal,
    );
    this.#containers.push(made.Id);
    await this.engine.call({ method: 'POST', path: `/containers/${made.Id}/start` }, signal);
    return made.Id;
  }

  /** Has a command run in a container, and does not wait for its end. */
  async begin(container: string, command: readonly string[]): Promise<void> {
    const signal = AbortSignal.timeout(20_000);
    const ask = { method: 'POST', path: `/containers/${container}/exec`, body: { Cmd: command } } as const;
    const { Id } = await this.engine.call<{ Id: string }>(ask, signal);
    await this.engine.call({ method: 'POST', path: `/exec/${Id}/start`, body: { Detach: true } }, signal);
  }

  /** Configuration of a stock client: host `pump`, as alice. */
  async clientConfig(identity = 'alice', hostKey = 'device'): Promise<string> {
    const known = join(this.folder, `known_hosts.${hostKey}`);
    const [type, blob] = (await keyLine(this.folder, hostKey)).split(' ');
    await writeFile(known, `pump ${type} ${blob}\n`);
    const file = join(this.folder, `config.${identity}.${hostKey}`);
    const lines = [
      ...['Host pump', '  HostName 127.0.0.1', '  HostKeyAlias pump', `  Port ${this.port}`],
      ...[`  IdentityFile ${join(this.folder, identity)}`, `  UserKnownHostsFile ${known}`],
      ...['  GlobalKnownHostsFile /dev/null', '  BatchMode yes', '  IdentitiesOnly yes'],
      ...['  IdentityAgent none', '  StrictHostKeyChecking yes', '  LogLevel ERROR'],
    ];
    await writeFile(file, `${lines.join('\n')}\n`);
    return file;
  }

  /** Starts a program that ends with the test. */
  spawn(program: string, args: readonly string[], environment: Readonly<Record<string, string>> = {}) {
    const child = spawn(program, args, { stdio: 'pipe', env: { ...process.env, ...environment } });
    this.#children.push(child);
    return child;
  }

  run(program: string, args: readonly string[], input: Uint8Array | string = ''): Promise<Finished> {
    return finish(this.spawn(program, args), input);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const child of this.#children) child.kill('SIGKILL');
    await this.server.close('the test is over');
    for (const socket of this.#sockets) socket.destroy();
    await new Promise<void>(resolve => this.#listener.close(() => resolve()));
    for (const id of this.#containers) {
      const request = { method: 'DELETE', path: `/containers/${id}`, query: { force: true } } as const;
      await this.engine.call(request, AbortSignal.timeout(30_000)).catch(() => undefined);
    }
    await rm(this.folder, { recursive: true, force: true, maxRetries: 5 });
  }
}
