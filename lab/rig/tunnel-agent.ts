/** An agent's tunnel controller that comes to a bare TCP port: the port's other side says whose connection it is. */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { SshTunnelController } from '../../agent/tunnel/tunnel-controller.ts';
import type { GatewayAddress } from '../../core/fleet/gateway-address.ts';
import type { Clock } from '../../core/io/clock.ts';
import { device } from './tunnel-fleet.ts';

const silent = { debug() {}, info() {}, warn() {}, error() {} };

export interface TunnelAgentOptions {
  readonly port: number;
  readonly gateway: GatewayAddress;
  /** OpenSSH's private key format. */
  readonly sshKey: string;
  readonly clock: Clock;
  readonly through?: ((socket: Socket) => Socket) | undefined;
  /** What answers at `towline:22`; absent: nobody. */
  readonly server?: { accept(stream: Duplex): void } | undefined;
  readonly keepaliveMs?: number | undefined;
}

export function tunnelAgent(options: TunnelAgentOptions): SshTunnelController {
  const { port, gateway, sshKey, clock, through, server, keepaliveMs } = options;
  return new SshTunnelController({
    dialler: {
      upgrade: async () => {
        const socket = connect(port, '127.0.0.1');
        await once(socket, 'connect');
        return { stream: through?.(socket) ?? socket, gateway };
      },
    },
    ...{ device, sshKey, server, clock, log: silent, random: () => 0 },
    ...(keepaliveMs === undefined ? {} : { keepaliveMs }),
  });
}
