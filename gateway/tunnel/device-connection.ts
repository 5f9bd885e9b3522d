import type { Duplex } from 'node:stream';
import type { Connection, ServerChannel } from 'ssh2';
import { TowlineError } from '../../core/errors.ts';
import type { TunnelTarget } from '../../core/fleet/tunnel.ts';
import type { PeerWork } from '../../core/io/peer-work.ts';
import type { SshConnection } from '../../core/io/ssh/ssh-connection.ts';
import { TimeLimit } from '../../core/io/time-limit.ts';

/** A tunnel as status and metrics show it. */
export interface TunnelEntry {
  readonly device: string;
  /** Milliseconds since the epoch. */
  readonly sinceMs: number;
  /** Names and ports that the device offers, `ssh:22`. */
  readonly targets: readonly string[];
  readonly channels: number;
}

/** Targets that one device may offer. */
const maxTargets = 64;
/** All of them stand in what people are told of it. */
const longestPlace = 128;
/** The device must have reached its target by then. */
const openTimeoutMs = 15_000;

/** The connection that a device brought, after it proved its key. */
export class DeviceConnection {
  readonly device: string;
  /** The SSH key it proved, wire form in base64. */
  readonly key: string;
  readonly #connection: SshConnection<Connection>;
  readonly #sinceMs: number;
  readonly #offered = new Set<string>();
  readonly #closed = new AbortController();
  #opening = 0;

  constructor(connection: SshConnection<Connection>, device: string, key: string, sinceMs: number) {
    this.device = device;
    this.key = key;
    this.#connection = connection;
    this.#sinceMs = sinceMs;
    const { ssh } = connection;
    ssh.on(
      'close',
      this.work.listener(() => this.#closed.abort()),
    );
    ssh.on(
      'request',
      this.work.listener((accept, reject, name, info) => {
        const place = 'bindAddr' in info ? `${info.bindAddr}:${info.bindPort}` : undefined;
        if (place !== undefined && name === 'cancel-tcpip-forward') this.#offered.delete(place);
        else if (place === undefined || name !== 'tcpip-forward' || !this.#mayOffer(place)) return reject?.();
        else this.#offered.add(place);
        accept?.();
      }),
    );
  }

  #mayOffer(place: string): boolean {
    return this.#offered.size < maxTargets && place.length <= longestPlace;
  }

  /** Where all ends that this device sets off. */
  get work(): PeerWork {
    return this.#connection.work;
  }

  entry(): TunnelEntry {
    return {
      device: this.device,
      sinceMs: this.#sinceMs,
      targets: [...this.#offered].sort(),
      channels: this.#connection.channelCount,
    };
  }

  onClose(listener: () => void): void {
    if (this.#closed.signal.aborted) listener();
    else this.#closed.signal.addEventListener('abort', listener, { once: true });
  }

  cut(reason: string): void {
    this.#connection.cut(reason);
    this.#closed.abort();
  }

  async open(target: Pick<TunnelTarget, 'name' | 'port'>, signal: AbortSignal): Promise<Duplex> {
    if (!this.#offered.has(`${target.name}:${target.port}`)) {
      throw new TowlineError('TUNNEL_TARGET_REFUSED', `${this.device} does not offer ${target.name} now`);
    }
    if (this.#connection.channelCount + this.#opening >= this.#connection.limits.maxChannels) {
      throw new TowlineError('TUNNEL_TOO_MANY_CHANNELS', `${this.device} has too many channels`);
    }
    this.#opening += 1;
    using limit = new TimeLimit(openTimeoutMs);
    try {
      return await this.#forward(target, AbortSignal.any([signal, this.#closed.signal, limit.signal]));
    } finally {
      this.#opening -= 1;
    }
  }

  #forward(target: Pick<TunnelTarget, 'name' | 'port'>, signal: AbortSignal): Promise<Duplex> {
    const refused = (cause?: unknown) =>
      new TowlineError('TUNNEL_TARGET_REFUSED', `${this.device} could not reach ${target.name}`, { cause });
    return new Promise((resolve, reject) => {
      if (signal.aborted) return reject(refused(signal.reason));
      const gone = () => reject(refused(signal.reason));
      signal.addEventListener('abort', gone, { once: true });
      const opened = (error: Error | undefined, channel: ServerChannel) => {
        signal.removeEventListener('abort', gone);
        if (error !== undefined) return reject(refused(error));
        const stream = this.#connection.adopt(channel);
        if (stream === undefined) return reject(refused());
        stream.on('error', () => {});
        // A device that answers too late gets its channel closed.
        if (signal.aborted) stream.destroy();
        resolve(stream);
      };
      try {
        this.#connection.ssh.forwardOut(target.name, target.port, '127.0.0.1', 0, opened);
      } catch (error) {
        reject(refused(error));
      }
    });
  }
}
