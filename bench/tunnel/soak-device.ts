/** A device that people come to: gateway and agent in processes of their own, a container, the device's sshd, a declared target. */
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { createEngine } from '../../agent/runtime/engine/engine.ts';
import type { EndingTunnel } from '../../core/fleet/tunnel.ts';
import { startSshd } from '../../lab/rig/sshd.ts';
import { openTunnel } from '../../lab/rig/tunnel-fleet.ts';
import type { SoakedAgent } from './soak-agent.ts';
import type { SoakedGateway } from './soak-gateway.ts';
import { type Held, SoakPart } from './soak-part.ts';

interface Parts {
  readonly gateway: SoakPart;
  readonly agent: SoakPart;
  readonly tunnel: EndingTunnel;
  readonly at: SoakedAgent;
  readonly config: string;
  readonly echoPort: number;
}

/** Of a client: the agent's own server behind the gateway. The first that says something counts. */
async function addAgentServer({ config, folder }: SoakedGateway, people: string): Promise<void> {
  const known = join(folder, 'known_people');
  const key = (await readFile(join(people, 'device.pub'), 'utf8')).trim();
  const gateway = (await readFile(join(folder, 'known_hosts'), 'utf8')).split('\n')[0] ?? '';
  await writeFile(known, `pump-17 ${key}\n${gateway}\n`);
  const lines = [
    ...['Host pump-17', '  ProxyJump gw', `  UserKnownHostsFile ${known}`],
    `  IdentityFile ${join(people, 'alice')}`,
  ];
  await writeFile(config, `${lines.join('\n')}\n${await readFile(config, 'utf8')}`);
}

export class SoakedDevice implements AsyncDisposable {
  readonly config: string;
  readonly echoPort: number;
  readonly #parts: Parts;
  readonly #end: AsyncDisposableStack;

  private constructor(parts: Parts, end: AsyncDisposableStack) {
    this.#parts = parts;
    this.config = parts.config;
    this.echoPort = parts.echoPort;
    this.#end = end;
  }

  static async start(): Promise<SoakedDevice> {
    await using end = new AsyncDisposableStack();
    const sshd = await startSshd();
    end.defer(() => sshd.stop());
    const echo = createServer({ allowHalfOpen: true }, socket => socket.on('error', () => {}).pipe(socket));
    await once(echo.listen(0, '127.0.0.1'), 'listening');
    end.defer(() => void echo.close());
    const echoPort = (echo.address() as AddressInfo).port;
    const tunnel = openTunnel({ ssh: sshd.port, echo: echoPort });
    const gateway = end.use(new SoakPart('soak-gateway.ts'));
    const { user, identity, hostKey } = sshd;
    const way = await gateway.ask<SoakedGateway>('ready', { user, identity, hostKey });
    const agent = end.use(new SoakPart('soak-agent.ts'));
    const at = await agent.ask<SoakedAgent>('ready', way);
    await addAgentServer(way, at.folder);
    const device = new SoakedDevice({ gateway, agent, tunnel, at, config: way.config, echoPort }, end.move());
    await device.grant();
    return device;
  }

  /** All that may be done, on both sides. */
  async grant(): Promise<void> {
    const { gateway, agent, tunnel } = this.#parts;
    await gateway.ask('publish', tunnel);
    await agent.ask('letIn');
    await agent.ask('open', tunnel);
  }

  /** Taken back at the gateway, or at the device. */
  async takeBack(where: 'gateway' | 'device'): Promise<void> {
    const { gateway, agent, tunnel } = this.#parts;
    if (where === 'gateway') await gateway.ask('publish', { ...tunnel, state: 'closed' });
    else await agent.ask('letNobodyIn');
  }

  /** The connection between device and gateway. */
  async break(): Promise<void> {
    await this.#parts.gateway.ask('breakDevice');
  }

  /** What each part holds now. */
  async held(): Promise<{ readonly gateway: Held; readonly agent: Held }> {
    const { gateway, agent } = this.#parts;
    return { gateway: await gateway.ask<Held>('held'), agent: await agent.ask<Held>('held') };
  }

  /** Heap snapshots for who looks for what grew: `FOLDER/agent.NAME.heapsnapshot`, and the gateway's. */
  async snapshot(folder: string, name: string): Promise<void> {
    const { gateway, agent } = this.#parts;
    for (const [part, one] of Object.entries({ gateway, agent }))
      await one.ask('snapshot', join(folder, `${part}.${name}.heapsnapshot`));
  }

  /** Command lines of what sessions have left in the container: all but its own loop and what that forks. */
  async leftInContainer(): Promise<string[]> {
    const { container, engineSocket } = this.#parts.at;
    const engine = createEngine(engineSocket);
    const ask = <Answer>(what: string) =>
      engine.call<Answer>(
        { method: 'GET', path: `/containers/${container}/${what}` },
        AbortSignal.timeout(30_000),
      );
    const { State } = await ask<{ State: { Pid: number } }>('json');
    const { Processes } = await ask<{ Processes: string[][] }>('top');
    const loop = String(State.Pid);
    // As `ps -ef` has it: the second is the process, the third its parent.
    const rows = Processes.map(row => ({ pid: row[1], parent: row[2], line: row.at(-1) ?? '' }));
    const command = rows.find(({ pid }) => pid === loop)?.line;
    return rows
      .filter(
        ({ pid, parent, line }) =>
          pid !== loop && !(parent === loop && (line === 'sleep 1' || line === command)),
      )
      .map(({ line }) => line);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#end.disposeAsync();
  }
}
