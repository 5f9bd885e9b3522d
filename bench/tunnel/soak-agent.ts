/** The soaked agent: its tunnel, and its server before a container. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { EndingTunnel } from '../../core/fleet/tunnel.ts';
import { createSystemClock } from '../../core/io/system-clock.ts';
import { AccessRig } from '../../lab/rig/access-rig.ts';
import { tunnelAgent } from '../../lab/rig/tunnel-agent.ts';
import type { SoakedGateway } from './soak-gateway.ts';
import { answer } from './soak-part.ts';

export interface SoakedAgent {
  readonly folder: string;
  readonly container: string;
  readonly engineSocket: string;
}

const people = await AccessRig.start();
const container = await people.container('app', 'web');
// What the rig notes down for tests, each session with all that it held.
setInterval(() => {
  for (const noted of [people.sessions, people.noted]) noted.length = 0;
}, 1_000).unref();
let controller: ReturnType<typeof tunnelAgent> | undefined;

answer({
  ready: async ({ folder, port, hostKey }: SoakedGateway): Promise<SoakedAgent> => {
    controller = tunnelAgent({
      port,
      gateway: { address: `127.0.0.1:${port}`, tlsPins: [], sshHostKeys: [hostKey] },
      sshKey: await readFile(join(folder, 'device'), 'utf8'),
      server: people.server,
      clock: createSystemClock(),
    });
    return { folder: people.folder, container, engineSocket: people.socket };
  },
  letIn: () => people.use({ access: { services: [{ app: 'app', service: 'web' }] } }),
  letNobodyIn: () => people.server.use(undefined),
  open: (tunnel: EndingTunnel) =>
    controller?.open(tunnel, AbortSignal.timeout(30_000)).catch(() => undefined),
  close: async () => {
    await controller?.stop();
    await people[Symbol.asyncDispose]();
  },
});
