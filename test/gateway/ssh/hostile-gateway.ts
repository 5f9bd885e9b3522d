/** Peers of an SSH connection that send what they like. */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import ssh2, { type Connection } from 'ssh2';
import { TunnelConnection } from '../../../agent/tunnel/tunnel-connection.ts';
import { device } from '../../../lab/rig/tunnel-fleet.ts';
import type { Rig } from '../../../lab/rig/tunnel-rig.ts';

/** A peer that sends what it likes, made anew when it was cut. */
export interface HostilePeer {
  readonly ssh: ssh2.Client | Connection;
  readonly socket: Socket;
}

export const alive = ({ socket }: HostilePeer) => !socket.destroyed && socket.writable;

/** What its own side thinks of it is nobody's business. */
export function quiet(ssh: ssh2.Client | Connection): HostilePeer {
  const socket = (ssh as unknown as { readonly _sock: Socket })._sock;
  (ssh as NodeJS.EventEmitter).removeAllListeners('error').on('error', () => {});
  socket.on('error', () => {});
  return { ssh, socket };
}

/** A gateway that an attacker holds, and an agent that connects to it. */
export class HostileGateway implements AsyncDisposable {
  readonly #rig: Rig;
  readonly #server: ReturnType<typeof createServer>;
  readonly #stop = new AbortController();
  #latest: Connection | undefined;
  #peer: HostilePeer | undefined;
  #agent: TunnelConnection | undefined;
  /** Why the agent cut us. */
  readonly failures: unknown[] = [];

  private constructor(rig: Rig, hostKey: string) {
    this.#rig = rig;
    const ssh = new ssh2.Server({ hostKeys: [hostKey] }, connection => {
      this.#latest = connection;
      connection.on('error', () => {});
      connection.on('authentication', context => context.accept());
      connection.on('request', accept => accept?.());
    });
    this.#server = createServer(socket => ssh.injectSocket(socket.on('error', () => {})));
  }

  static async start(rig: Rig): Promise<HostileGateway> {
    const gateway = new HostileGateway(rig, await readFile(join(rig.folder, 'gateway'), 'utf8'));
    await new Promise<void>(resolve => gateway.#server.listen(0, '127.0.0.1', resolve));
    return gateway;
  }

  async withAgent(targetPort: number): Promise<HostilePeer> {
    if (this.#peer !== undefined && alive(this.#peer)) return this.#peer;
    this.#agent?.cut('anew');
    const stream = connect((this.#server.address() as AddressInfo).port, '127.0.0.1');
    const options = {
      stream,
      gateway: this.#rig.gateway,
      device,
      sshKey: await readFile(join(this.#rig.folder, 'device'), 'utf8'),
      keepaliveMs: 50,
      failed: (error: unknown) => void this.failures.push(error),
    };
    this.#agent = await TunnelConnection.connect(options, this.#stop.signal);
    await this.#agent
      .offer([{ name: 'ssh', host: '127.0.0.1', port: targetPort }], this.#stop.signal)
      .catch(() => {});
    assert.ok(this.#latest);
    this.#peer = quiet(this.#latest);
    return this.#peer;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort(new Error('the test ends'));
    this.#agent?.cut('the test ends');
    this.#peer?.socket.destroy();
    await new Promise<void>(resolve => this.#server.close(() => resolve()));
  }
}
