/** The gateway logs in at a device's own server, with its own key: for sessions that it ends, and for nothing else. */
import type { Duplex } from 'node:stream';
import ssh2, { type Client } from 'ssh2';
import { agentServer } from '../../core/access/settings.ts';
import { TowlineError } from '../../core/errors.ts';
import { isPinnedHostKey } from '../../core/io/ssh/host-keys.ts';
import { sshAlgorithms } from '../../core/io/ssh/ssh-algorithms.ts';
import { SshConnection } from '../../core/io/ssh/ssh-connection.ts';
import type { Log } from '../../core/log.ts';
import type { FleetViewHolder } from '../fleet/fleet-view-holder.ts';
import type { Visitor } from '../tunnel/presence.ts';
import type { TunnelRegistry } from '../tunnel/tunnel-registry.ts';
import { readPrivateKeyFile } from './private-key-file.ts';

export interface DeviceLoginOptions {
  readonly view: FleetViewHolder;
  readonly tunnels: Pick<TunnelRegistry, 'open'>;
  readonly keyFile: string;
  readonly log: Log;
}

/** From the tunnel's channel to a login, milliseconds. */
const loginMs = 20_000;
const keepaliveMs = 20_000;

export class DeviceLogin {
  readonly #options: DeviceLoginOptions;

  /** @throws TowlineError GATEWAY_CONFIG_INVALID where there is no usable key */
  static async open(options: DeviceLoginOptions): Promise<DeviceLogin> {
    await readPrivateKeyFile(options.keyFile, 'access.keyFile');
    return new DeviceLogin(options);
  }

  private constructor(options: DeviceLoginOptions) {
    this.#options = options;
  }

  /**
   * @param user as `gatewayUserName` makes it
   * @throws TowlineError TUNNEL_NOT_CONNECTED, TUNNEL_TARGET_REFUSED, TUNNEL_TOO_MANY_CHANNELS, ACCESS_DEVICE_KEY,
   * ACCESS_GATEWAY_REFUSED
   */
  async enter(
    device: string,
    user: string,
    visitor: Visitor,
    signal: AbortSignal,
  ): Promise<SshConnection<Client>> {
    const { tunnels, keyFile, view } = this.#options;
    const { text } = await readPrivateKeyFile(keyFile, 'access.keyFile');
    const pinned = view.current.device(device)?.file.keys?.ssh;
    const stream = await tunnels.open(device, agentServer, visitor, signal);
    try {
      return await this.#logIn(stream, { device, user, privateKey: text, pinned }, signal);
    } catch (error) {
      stream.destroy();
      throw error;
    }
  }

  #logIn(
    stream: Duplex,
    { device, user, privateKey, pinned }: LoginWith,
    signal: AbortSignal,
  ): Promise<SshConnection<Client>> {
    const client = new ssh2.Client();
    const failed = (error: unknown) =>
      this.#options.log.warn({ err: error, device }, 'a login at a device was cut');
    const connection = new SshConnection(client, stream, failed);
    let keyRefused = false;
    return new Promise((resolve, reject) => {
      const gone = () => {
        connection.cut('the person is gone');
        reject(refused(device, signal.reason));
      };
      if (signal.aborted) return gone();
      signal.addEventListener('abort', gone, { once: true });
      const ended = (cause?: unknown) => {
        signal.removeEventListener('abort', gone);
        connection.cut('no login');
        reject(keyRefused ? otherKey(device) : refused(device, cause));
      };
      client.on('error', ended);
      client.once('close', () => ended());
      client.once('ready', () => {
        signal.removeEventListener('abort', gone);
        resolve(connection);
      });
      client.connect({
        sock: stream,
        username: user,
        privateKey,
        algorithms: sshAlgorithms,
        readyTimeout: loginMs,
        keepaliveInterval: keepaliveMs,
        keepaliveCountMax: 3,
        hostVerifier: (key: Buffer) => {
          keyRefused = pinned === undefined || !isPinnedHostKey([pinned], key);
          return !keyRefused;
        },
      });
    });
  }
}

interface LoginWith {
  readonly device: string;
  readonly user: string;
  readonly privateKey: string;
  /** `keys.ssh` of the device's file. */
  readonly pinned: string | undefined;
}

function otherKey(device: string): TowlineError {
  return new TowlineError(
    'ACCESS_DEVICE_KEY',
    `what answers in the tunnel of ${device} does not hold its SSH key`,
  );
}

function refused(device: string, cause: unknown): TowlineError {
  return new TowlineError('ACCESS_GATEWAY_REFUSED', `${device} did not let this gateway in`, { cause });
}
