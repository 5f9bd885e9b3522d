/**
 * The tunnels that devices have brought: one SSH connection each, inside an upgraded connection of the device
 * port. The gateway may open in it what the device itself offered, for as long as the view says so.
 */

import type { Duplex } from 'node:stream';
import ssh2, { type Connection } from 'ssh2';
import { tunnelEndMs } from '../../core/access/tunnel-end.ts';
import { TowlineError } from '../../core/errors.ts';
import type { TunnelTarget } from '../../core/fleet/tunnel.ts';
import { authenticate } from '../../core/io/ssh/authentication.ts';
import { sshAlgorithms } from '../../core/io/ssh/ssh-algorithms.ts';
import { type ConnectionLimits, connectionLimits, SshConnection } from '../../core/io/ssh/ssh-connection.ts';
import { transportOf } from '../../core/io/ssh/ssh2-state.ts';
import { UntilWatch } from '../../core/io/until-watch.ts';
import { admit } from '../admission/admission.ts';
import type { DevicePort } from '../device-port/device-port.ts';
import { failedPeer } from '../device-port/failed-peer.ts';
import { gauge, type Metric } from '../plain-port/metric.ts';
import { DeviceConnection, type TunnelEntry } from './device-connection.ts';
import { Presence, type Visitor } from './presence.ts';
import type { TunnelRegistryOptions } from './tunnel-registry-options.ts';

const maxTries = 3;
/** Whose connection is replaced when it is younger has somebody else who brings one, milliseconds. */
const youngMs = 10_000;

export class TunnelRegistry {
  /** Who is in, and what changes. */
  readonly presence = new Presence();
  readonly #options: TunnelRegistryOptions;
  readonly #ssh: ssh2.Server;
  readonly #byDevice = new Map<string, DeviceConnection>();
  readonly #arriving = new Map<Duplex, string>();
  readonly #ends = new WeakMap<DeviceConnection, UntilWatch>();
  readonly #unsubscribe: () => void;
  #closed = false;

  constructor(options: TunnelRegistryOptions) {
    this.#options = options;
    this.#ssh = new ssh2.Server(
      {
        hostKeys: [...options.hostKeys],
        algorithms: sshAlgorithms,
        ident: 'Towline',
        keepaliveInterval: options.keepaliveMs ?? 20_000,
        keepaliveCountMax: 3,
      },
      connection => this.#welcome(connection),
    );
    this.#unsubscribe = options.view.onChange(() => {
      for (const connection of [...this.#byDevice.values()]) this.#judge(connection);
    });
  }

  mount(port: DevicePort): void {
    port.upgrade('/v1/tunnel', {
      protocol: 'towline-ssh',
      action: { kind: 'attach-tunnel' },
      handler: (stream, device) => this.accept(stream, device),
    });
  }

  metrics(): Metric[] {
    return [gauge('towline_gateway_tunnels', 'Tunnels that devices hold.', this.#byDevice.size)];
  }

  /**
   * Takes the raw stream of an upgraded connection.
   * @param device whom the TLS key of that connection named; the SSH key must be that device's, too.
   */
  accept(stream: Duplex, device: string): void {
    stream.on('error', () => {});
    if (this.#closed) {
      stream.destroy();
      return;
    }
    if ('setNoDelay' in stream && typeof stream.setNoDelay === 'function') stream.setNoDelay(true);
    this.#arriving.set(stream, device);
    const grace = setTimeout(() => {
      if (this.#arriving.has(stream)) stream.destroy();
    }, this.#options.loginGraceMs ?? 20_000);
    stream.once('close', () => {
      clearTimeout(grace);
      this.#arriving.delete(stream);
    });
    this.#ssh.injectSocket(stream as Parameters<ssh2.Server['injectSocket']>[0]);
  }

  /**
   * A connection to a target of a device, as the device reaches it: whoever it is for is in until it closes. Admission is the
   * caller's.
   * @throws TowlineError TUNNEL_NOT_CONNECTED, TUNNEL_TARGET_REFUSED, TUNNEL_TOO_MANY_CHANNELS
   */
  async open(
    device: string,
    target: Pick<TunnelTarget, 'name' | 'port'>,
    visitor: Visitor,
    signal: AbortSignal,
  ): Promise<Duplex> {
    const { bus, clock } = this.#options;
    const tunnel = bus.holder(device);
    if (tunnel === undefined) {
      throw new TowlineError('TUNNEL_NOT_CONNECTED', `${device} has no tunnel connection now`);
    }
    const stream = await tunnel.open(target, signal);
    const left = this.presence.enter(device, { ...visitor, sinceMs: clock.now() });
    if (stream.closed) left();
    else stream.once('close', left);
    return stream;
  }

  /** Ends the device's connection and every live channel through it, at once. */
  cut(device: string, reason: string): void {
    const connection = this.#byDevice.get(device);
    if (connection === undefined) return;
    this.#byDevice.delete(device);
    this.#options.audit.write({ action: 'tunnel', outcome: 'ended', who: device, message: reason });
    connection.cut(reason);
    this.presence.changed(device);
  }

  list(): readonly TunnelEntry[] {
    return [...this.#byDevice.values()].map(connection => connection.entry());
  }

  entry(device: string): TunnelEntry | undefined {
    return this.#byDevice.get(device)?.entry();
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#unsubscribe();
    for (const device of [...this.#byDevice.keys()]) this.cut(device, 'the gateway stops');
    for (const stream of [...this.#arriving.keys()]) stream.destroy();
  }

  #welcome(ssh: Connection): void {
    const transport = transportOf(ssh);
    const device = this.#arriving.get(transport);
    const connection = new SshConnection(
      ssh,
      transport,
      failedPeer(this.#options, () => ({ who: device })),
      this.#options.limits ?? deviceLimits,
    );
    ssh.on('error', error => {
      this.#options.log.debug({ err: error, device }, 'tunnel connection failed');
      connection.fail('failed');
    });
    if (device === undefined) {
      connection.cut('not announced');
      return;
    }
    let arrived: DeviceConnection | undefined;
    authenticate(connection, {
      maxTries,
      mayLogIn: (key, user) => user === device && this.#admits(device, key),
      loggedIn: key => {
        arrived = new DeviceConnection(connection, device, key, this.#options.clock.now());
      },
      tooMany: () => connection.fail('too many tries'),
    });
    const onReady = () => {
      this.#arriving.delete(transport);
      if (arrived !== undefined) this.#attach(arrived);
    };
    ssh.once('ready', connection.work.listener(onReady));
  }

  #admits(device: string, sshKey: string): boolean {
    const { view, clock } = this.#options;
    return admit(view.current, { kind: 'device-ssh', device, sshKey }, { kind: 'attach-tunnel' }, clock.now())
      .allowed;
  }

  #attach(connection: DeviceConnection): void {
    const { device } = connection;
    if (this.#closed) {
      connection.cut('the gateway stops');
      return;
    }
    // The old one may be a corpse that no keepalive has found yet: a device that is back is never kept waiting.
    this.cut(device, `the device connected anew${this.#isYoung(device) ? youngWords : ''}`);
    this.#byDevice.set(device, connection);
    const { bus, clock, audit } = this.#options;
    const isOver = () => {
      if (this.#byDevice.get(device) === connection) this.cut(device, 'its time is over');
    };
    const end = new UntilWatch(clock, isOver);
    this.#ends.set(connection, end);
    connection.onClose(() => end.watch(undefined));
    connection.onClose(bus.hold(device, connection));
    audit.write({ action: 'tunnel', outcome: 'allowed', who: device });
    connection.onClose(() => {
      if (this.#byDevice.get(device) === connection) this.cut(device, 'the device disconnected');
    });
    this.#judge(connection);
    this.presence.changed(device);
  }

  #isYoung(device: string): boolean {
    const before = this.#byDevice.get(device)?.entry();
    return before !== undefined && Math.abs(this.#options.clock.now() - before.sinceMs) < youngMs;
  }

  /** Closing, `until`, revocation: cuts what lives, not only what is new, and whatever the clock is set to meanwhile. */
  #judge(connection: DeviceConnection): void {
    const { device, key } = connection;
    if (this.#byDevice.get(device) !== connection) return;
    const tunnel = this.#options.view.current.desiredTunnel(device);
    const isOver = this.#ends.get(connection)?.watch(tunnel && tunnelEndMs(tunnel)) === true;
    if (isOver || !this.#admits(device, key)) this.cut(device, 'the tunnel is closed');
  }
}

const youngWords = ', as soon as it had connected: another agent may have its keys';
const deviceLimits: ConnectionLimits = { ...connectionLimits, maxChannels: 48 };
