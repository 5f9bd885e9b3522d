/** One SSH connection of the agent inside an upgraded connection to a gateway. The agent is the client. */
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import ssh2, { type AcceptConnection, type ClientChannel, type TcpConnectionDetails } from 'ssh2';
import { asError } from '../../core/errors/cause.ts';
import { TowlineError } from '../../core/errors.ts';
import type { GatewayAddress } from '../../core/fleet/gateway-address.ts';
import { agentServer, type TunnelTarget } from '../../core/fleet/tunnel.ts';
import { dialTarget } from '../../core/io/dial-target.ts';
import { isPinnedHostKey } from '../../core/io/ssh/host-keys.ts';
import { relay } from '../../core/io/ssh/relay.ts';
import { sshAlgorithms } from '../../core/io/ssh/ssh-algorithms.ts';
import { type ConnectionLimits, connectionLimits, SshConnection } from '../../core/io/ssh/ssh-connection.ts';
import { connectError, hostKeyError } from './tunnel-errors.ts';

/** From the first byte to all targets offered, milliseconds. */
const readyTimeoutMs = 20_000;

/** Nothing is dialled for it. */
const agentServerTarget: TunnelTarget = { ...agentServer, host: '' };

const limits: ConnectionLimits = { ...connectionLimits, maxChannels: 48 };

export interface TunnelConnectionOptions {
  readonly stream: Duplex;
  readonly gateway: GatewayAddress;
  readonly device: string;
  /** Ed25519, OpenSSH's private key format. */
  readonly sshKey: string;
  readonly keepaliveMs: number;
  /** What answers at `towline:22`, one channel a connection; absent: nothing is offered there. */
  readonly server?: { accept(stream: Duplex): void } | undefined;
  /** Is told why, after the connection was cut for what the gateway sent. */
  readonly failed: (error: unknown) => void;
}

export class TunnelConnection {
  readonly gateway: string;
  /** Settles when the connection is gone, with the reason. */
  readonly closed: Promise<string>;
  readonly #client: ssh2.Client;
  readonly #connection: SshConnection;
  readonly #life: AbortSignal;
  readonly #gone = new AbortController();
  readonly #server: TunnelConnectionOptions['server'];
  #targets: readonly TunnelTarget[] = [];
  #connecting = 0;

  private constructor(
    client: ssh2.Client,
    connection: SshConnection,
    { gateway, server }: TunnelConnectionOptions,
    life: AbortSignal,
  ) {
    this.#life = life;
    this.#server = server;
    this.#client = client;
    this.#connection = connection;
    this.gateway = gateway.address;
    this.closed = new Promise(resolve => {
      client.on('close', () => {
        const reason = connection.cutReason ?? 'the gateway closed the connection';
        this.#gone.abort(connectError(gateway, new Error(reason)));
        resolve(reason);
      });
    });
    client.on(
      'tcp connection',
      connection.work.listener((details, accept, reject) => this.#onChannel(details, accept, reject)),
    );
  }

  /**
   * Handshake, host key, login.
   * @param signal ends the attempt, and later cuts what still lingers of its channels
   * @throws TowlineError TUNNEL_HOST_KEY, TUNNEL_CONNECT
   */
  static async connect(options: TunnelConnectionOptions, signal: AbortSignal): Promise<TunnelConnection> {
    const { stream, gateway, failed } = options;
    stream.on('error', () => {});
    if ('setNoDelay' in stream && typeof stream.setNoDelay === 'function') stream.setNoDelay(true);
    const client = new ssh2.Client();
    const connection = new SshConnection(client, stream, failed, limits);
    let keyRefused = false;
    await new Promise<void>((resolve, reject) => {
      const fail = (cause: unknown) => {
        signal.removeEventListener('abort', abort);
        connection.cut('failed');
        reject(keyRefused ? hostKeyError(gateway, cause) : connectError(gateway, cause));
      };
      const abort = () => fail(signal.reason);
      if (signal.aborted) return abort();
      signal.addEventListener('abort', abort, { once: true });
      // Stays for the connection's life: an error that nobody listens to ends the process.
      client.on('error', fail);
      client.on('close', () => fail(new Error('the connection was closed')));
      client.on('ready', () => {
        signal.removeEventListener('abort', abort);
        // From here on it ends with the opening, whoever has it in hand.
        const over = () => connection.cut('the tunnel is closed');
        signal.addEventListener('abort', over, { once: true });
        client.once('close', () => signal.removeEventListener('abort', over));
        resolve();
      });
      client.connect({
        sock: stream,
        username: options.device,
        privateKey: options.sshKey,
        authHandler: ['publickey'],
        algorithms: sshAlgorithms,
        ident: 'Towline',
        readyTimeout: readyTimeoutMs,
        keepaliveInterval: options.keepaliveMs,
        keepaliveCountMax: 3,
        hostVerifier: (key: Buffer) => {
          keyRefused = !isPinnedHostKey(gateway.sshHostKeys, key);
          return !keyRefused;
        },
      });
    });
    return new TunnelConnection(client, connection, options, signal);
  }

  /**
   * Offers these targets, takes back others, and cuts nothing that still holds. A gateway that does not answer that in time is cut.
   * @throws TowlineError TUNNEL_CONNECT; the signal's reason
   */
  async offer(declared: readonly TunnelTarget[], signal: AbortSignal): Promise<void> {
    const targets = this.#server === undefined ? declared : [agentServerTarget, ...declared];
    const gone = this.#targets.filter(old => !targets.some(target => place(target) === place(old)));
    const fresh = targets.filter(target => !this.#targets.some(old => place(old) === place(target)));
    // Whatever the gateway asks for from here on is judged by the new list.
    this.#targets = targets;
    const late = setTimeout(() => this.cut('it does not answer what is offered'), readyTimeoutMs);
    try {
      const until = AbortSignal.any([signal, this.#gone.signal]);
      for (const target of gone) await this.#request('unforwardIn', target, until);
      for (const target of fresh) await this.#request('forwardIn', target, until);
    } finally {
      clearTimeout(late);
    }
  }

  get channels(): number {
    return this.#connection.channelCount;
  }

  /** Ends it and every live channel at once. */
  cut(reason: string): void {
    this.#connection.cut(reason);
  }

  /** @param until whatever the gateway answers or does not */
  #request(name: 'forwardIn' | 'unforwardIn', target: TunnelTarget, until: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (until.aborted) return reject(until.reason);
      const onAbort = () => reject(until.reason);
      until.addEventListener('abort', onAbort, { once: true });
      const done = (error?: Error | null) => {
        until.removeEventListener('abort', onAbort);
        if (error)
          reject(
            new TowlineError('TUNNEL_CONNECT', `the gateway refused ${place(target)}`, { cause: error }),
          );
        else resolve();
      };
      try {
        this.#client[name](target.name, target.port, done);
      } catch (error) {
        done(asError(error));
      }
    });
  }

  /** The channel names a target; where that leads stands in the verified repository and nowhere else. */
  async #onChannel(
    details: TcpConnectionDetails,
    accept: AcceptConnection<ClientChannel>,
    reject: () => void,
  ): Promise<void> {
    const target = this.#targets.find(
      ({ name, port }) => name === details.destIP && port === details.destPort,
    );
    const isFull = this.#connection.channelCount + this.#connecting >= limits.maxChannels;
    if (target === undefined || isFull) {
      this.#connection.refuse(reject, isFull ? 'too many channels' : 'no such target');
      return;
    }
    if (target === agentServerTarget) {
      const stream = this.#accepted(accept);
      if (stream !== undefined) this.#server?.accept(stream);
      return;
    }
    this.#connecting += 1;
    const socket = await dialTarget(target).finally(() => {
      this.#connecting -= 1;
    });
    if (socket instanceof Error) this.#connection.refuse(reject, `${target.name}: ${socket.message}`);
    else this.#join(socket, accept);
  }

  #join(socket: Socket, accept: AcceptConnection<ClientChannel>): void {
    const stream = this.#accepted(accept);
    if (stream === undefined) socket.destroy();
    else this.#connection.work.run(() => relay(stream, socket, this.#life));
  }

  #accepted(accept: AcceptConnection<ClientChannel>): Duplex | undefined {
    if (this.#connection.lost) return undefined;
    try {
      return this.#connection.adopt(accept());
    } catch {
      return undefined;
    }
  }
}

function place(target: TunnelTarget): string {
  return `${target.name}:${target.port}`;
}
