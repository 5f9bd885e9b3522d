/**
 * Two ways from a client to the same sshd: through gateway and agent, and the same way made of OpenSSH alone, a reverse
 * forwarding (`ssh -R`) to a jump host's sshd. Client, device's sshd, bytes and the client's cipher are the same; OpenSSH takes that
 * cipher for the reverse forwarding, too, and the agent its own.
 */
import { type ChildProcess, fork, spawn } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { SshTunnelController } from '../../agent/tunnel/tunnel-controller.ts';
import { createSystemClock } from '../../core/io/system-clock.ts';
import { type Sshd, startSshd } from '../../lab/rig/sshd.ts';
import { device, deviceHost, openTunnel } from '../../lab/rig/tunnel-fleet.ts';
import { Rig } from '../../lab/rig/tunnel-rig.ts';

/** One way: what a stock client needs, and the process that stands for the gateway, with all below it. */
export interface Way {
  readonly config: string;
  readonly gatewayPid: number;
}

/** What the gateway's process tells: where it listens, and what the agent needs. */
interface Ready {
  readonly devicePort: number;
  readonly peoplePort: number;
  readonly folder: string;
  readonly config: string;
  readonly sshKey: string;
  readonly hostKeys: readonly string[];
}

export class TwoWays implements AsyncDisposable {
  readonly ours: Way & { readonly peoplePort: number; readonly identity: string };
  readonly peer: Way & Pick<Sshd, 'port' | 'identity'>;
  readonly #end: AsyncDisposableStack;

  private constructor(ours: TwoWays['ours'], peer: TwoWays['peer'], end: AsyncDisposableStack) {
    this.ours = ours;
    this.peer = peer;
    this.#end = end;
  }

  /** @param cipher of the reverse forwarding; the client chooses its own */
  static async open(cipher: string, signal: AbortSignal): Promise<TwoWays> {
    await using end = new AsyncDisposableStack();
    const sshd = await startSshd();
    end.defer(() => sshd.stop());
    const jump = await startSshd();
    end.defer(() => jump.stop());
    const gateway = fork(import.meta.filename, ['gateway', cipher, JSON.stringify(sshd)], { signal });
    gateway.on('error', () => {});
    end.defer(() => gateway.disconnect());
    const ready = await new Promise<Ready>(resolve =>
      gateway.once('message', message => resolve(message as Ready)),
    );
    const agent = startAgent(ready);
    end.defer(() => agent.stop());
    await agent.open(openTunnel({ ssh: sshd.port }), AbortSignal.any([signal, AbortSignal.timeout(10_000)]));
    const { forwarding, config } = await reverseForwarding({ folder: ready.folder, sshd, jump, cipher });
    end.defer(() => void forwarding.kill());
    const { peoplePort, folder } = ready;
    return new TwoWays(
      { config: ready.config, gatewayPid: gateway.pid ?? 0, peoplePort, identity: join(folder, 'alice') },
      { config, gatewayPid: jump.pid, port: jump.port, identity: jump.identity },
      end.move(),
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#end.disposeAsync();
  }
}

function startAgent(ready: Ready): SshTunnelController {
  const gateway = { address: 'bench', tlsPins: [], sshHostKeys: ready.hostKeys };
  return new SshTunnelController({
    dialler: {
      upgrade: async () => ({ stream: connect(ready.devicePort, '127.0.0.1'), gateway }),
    },
    device,
    sshKey: ready.sshKey,
    clock: createSystemClock(),
    log: { debug() {}, info() {}, warn() {} },
    random: Math.random,
  });
}

interface Reverse {
  readonly folder: string;
  readonly sshd: Sshd;
  readonly jump: Sshd;
  readonly cipher: string;
}

/** The same way by OpenSSH: a socket on the jump host leads back to the device. */
async function reverseForwarding({
  folder,
  sshd,
  jump,
  cipher,
}: Reverse): Promise<{ forwarding: ChildProcess; config: string }> {
  const config = join(folder, 'peer-config');
  const lines = [
    'Host *',
    '  StrictHostKeyChecking no',
    '  UserKnownHostsFile /dev/null',
    '  LogLevel ERROR',
    '  BatchMode yes',
    `  Ciphers ${cipher}`,
    'Host jump',
    '  HostName 127.0.0.1',
    `  Port ${jump.port}`,
    `  IdentityFile ${jump.identity}`,
    `Host ${deviceHost}`,
    '  HostName 127.0.0.1',
    `  IdentityFile ${sshd.identity}`,
    '  ProxyJump jump',
  ];
  await writeFile(config, `${lines.join('\n')}\n`);
  // The jump host picks the port and says which.
  const back = `0:127.0.0.1:${sshd.port}`;
  const args = ['-F', config, '-o', 'LogLevel=INFO', '-N', '-R', back, 'jump'];
  const forwarding = spawn('ssh', args, { stdio: ['ignore', 'ignore', 'pipe'] });
  const port = await new Promise<string>((resolve, reject) => {
    let said = '';
    forwarding.stderr.on('data', (chunk: Buffer) => {
      said += chunk.toString();
      const match = /Allocated port (\d+)/.exec(said);
      if (match?.[1] !== undefined) resolve(match[1]);
    });
    forwarding.once('exit', () => reject(new Error(`ssh -R ended: ${said}`)));
  });
  await writeFile(config, `${lines.join('\n')}\n  Port ${port}\n`);
  return { forwarding, config };
}

/** The gateway's side, in a process of its own; ends when the bench does. */
async function serve(cipher: string, sshd: Sshd): Promise<void> {
  const rig = await Rig.start({ tunnel: openTunnel({ ssh: sshd.port }) });
  const config = await rig.clientConfig({ [deviceHost]: sshd });
  await writeFile(config, `Ciphers ${cipher}\n${await readFile(config, 'utf8')}`);
  process.send?.({
    devicePort: rig.devicePort,
    peoplePort: rig.people.address.port,
    folder: rig.folder,
    config,
    sshKey: await readFile(join(rig.folder, 'device'), 'utf8'),
    hostKeys: rig.gateway.sshHostKeys,
  } satisfies Ready);
  await new Promise<void>(resolve => process.once('disconnect', resolve));
  await rig[Symbol.asyncDispose]();
}

if (import.meta.main && process.argv[2] === 'gateway')
  await serve(process.argv[3] ?? '', JSON.parse(process.argv[4] ?? '{}'));
