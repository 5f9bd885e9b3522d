/** The soaked gateway: people's port, registry of tunnels, and a device port that is bare TCP. */
import type { EndingTunnel } from '../../core/fleet/tunnel.ts';
import type { SshHost } from '../../lab/rig/ssh-client-config.ts';
import { deviceHost } from '../../lab/rig/tunnel-fleet.ts';
import { Rig } from '../../lab/rig/tunnel-rig.ts';
import { answer } from './soak-part.ts';

const rig = await Rig.start();
// What the rig notes down for tests.
setInterval(() => rig.audits.splice(0), 1_000).unref();

export interface SoakedGateway {
  readonly folder: string;
  readonly port: number;
  readonly hostKey: string;
  /** Of a client: the device's own sshd behind the gateway. */
  readonly config: string;
}

answer({
  ready: async (sshd: SshHost): Promise<SoakedGateway> => ({
    folder: rig.folder,
    port: rig.devicePort,
    hostKey: rig.gateway.sshHostKeys[0] ?? '',
    config: await rig.clientConfig({ [deviceHost]: sshd }),
  }),
  publish: (tunnel: EndingTunnel) => rig.publish(tunnel),
  breakDevice: () => {
    for (const socket of rig.deviceSockets) socket.destroy();
  },
  close: () => rig[Symbol.asyncDispose](),
});
