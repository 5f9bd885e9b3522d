/** A device that people come to: gateway, agent's tunnel, agent's server with a container, its own sshd, a declared target. */
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import type { EndingTunnel } from '../../core/fleet/tunnel.ts';
import { AccessRig } from '../../lab/rig/access-rig.ts';
import { startSshd } from '../../lab/rig/sshd.ts';
import { deviceHost, openTunnel } from '../../lab/rig/tunnel-fleet.ts';
import { Rig } from '../../lab/rig/tunnel-rig.ts';

export class SoakedDevice implements AsyncDisposable {
  readonly rig: Rig;
  readonly people: AccessRig;
  readonly config: string;
  readonly echoPort: number;
  readonly #container: string;
  readonly #tunnel: EndingTunnel;
  readonly #open: (tunnel: EndingTunnel) => Promise<void>;
  readonly #end: AsyncDisposableStack;

  private constructor(
    parts: Pick<SoakedDevice, 'rig' | 'people' | 'config' | 'echoPort'>,
    container: string,
    opened: { readonly tunnel: EndingTunnel; readonly open: (tunnel: EndingTunnel) => Promise<void> },
    end: AsyncDisposableStack,
  ) {
    this.rig = parts.rig;
    this.people = parts.people;
    this.config = parts.config;
    this.echoPort = parts.echoPort;
    this.#container = container;
    this.#tunnel = opened.tunnel;
    this.#open = opened.open;
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
    const people = end.use(await AccessRig.start());
    const container = await people.container('app', 'web');
    const rig = end.use(await Rig.start({ tunnel }));
    const agent = await rig.agent({ server: people.server });
    const config = await rig.clientConfig({ [deviceHost]: sshd });
    const known = join(rig.folder, 'known_people');
    const key = (await readFile(join(people.folder, 'device.pub'), 'utf8')).trim();
    const gateway = (await readFile(join(rig.folder, 'known_hosts'), 'utf8')).split('\n')[0] ?? '';
    await writeFile(known, `pump-17 ${key}\n${gateway}\n`);
    const lines = [
      ...['Host pump-17', '  ProxyJump gw', `  UserKnownHostsFile ${known}`],
      `  IdentityFile ${join(people.folder, 'alice')}`,
    ];
    // The first that says something counts.
    const text = await readFile(config, 'utf8');
    await writeFile(config, `${lines.join('\n')}\n${text}`);
    const open = (wanted: EndingTunnel) => agent.open(wanted, AbortSignal.timeout(30_000));
    const device = new SoakedDevice(
      { rig, people, config, echoPort },
      container,
      { tunnel, open },
      end.move(),
    );
    await device.grant();
    return device;
  }

  /** All that may be done, on both sides. */
  async grant(): Promise<void> {
    await this.rig.publish(this.#tunnel);
    await this.people.use({ access: { services: [{ app: 'app', service: 'web' }] } });
    await this.#open(this.#tunnel).catch(() => {});
  }

  /** What the rigs note down for tests, each session with all that it held. */
  forget(): void {
    for (const noted of [this.people.sessions, this.people.noted, this.rig.audits]) noted.length = 0;
  }

  /** Taken back at the gateway, or at the device. */
  async takeBack(where: 'gateway' | 'device'): Promise<void> {
    if (where === 'gateway') await this.rig.publish({ ...this.#tunnel, state: 'closed' });
    else this.people.server.use(undefined);
  }

  /** Command lines of what sessions have left in the container: all but its own loop and what that forks. */
  async leftInContainer(): Promise<string[]> {
    const ask = <Answer>(what: string) =>
      this.people.engine.call<Answer>(
        { method: 'GET', path: `/containers/${this.#container}/${what}` },
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
