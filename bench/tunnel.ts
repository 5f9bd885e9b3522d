/**
 * Throughput of `ssh -J` to a device through gateway and agent, against the same way made of OpenSSH alone: a
 * reverse forwarding (`ssh -R`) to a jump host's sshd. The device's sshd, client, ciphers and bytes are the same.
 */
import { type ChildProcess, fork, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { OpeningTimesFile } from '../agent/tunnel/opening-times.ts';
import { SshTunnelController } from '../agent/tunnel/tunnel-controller.ts';
import { createSystemClock } from '../core/io/system-clock.ts';
import { finish } from '../lab/rig/finished.ts';
import { type Sshd, startSshd } from '../lab/rig/sshd.ts';
import { device, deviceHost, openTunnel } from '../lab/rig/tunnel-fleet.ts';
import { Rig } from '../lab/rig/tunnel-rig.ts';
import { type Bench, figure, inTurn } from './figure.ts';

const bytes = 64 * 1024 * 1024;
const cipher = 'aes128-gcm@openssh.com';

/** What the gateway's process tells: where it listens, and what the agent needs. */
interface Ready {
  readonly devicePort: number;
  readonly folder: string;
  readonly config: string;
  readonly sshKey: string;
  readonly hostKeys: readonly string[];
}

export const bench: Bench = async function* (signal) {
  const sshd = await startSshd();
  const jump = await startSshd();
  const gateway = fork(import.meta.filename, ['gateway', JSON.stringify(sshd)], { signal });
  gateway.on('error', () => {});
  const ready = await new Promise<Ready>(resolve =>
    gateway.once('message', message => resolve(message as Ready)),
  );
  const agent = startAgent(ready);
  let forwarding: ChildProcess | undefined;
  try {
    await agent.open(openTunnel({ ssh: sshd.port }), AbortSignal.any([signal, AbortSignal.timeout(10_000)]));
    const peer = await reverseForwarding(ready.folder, sshd, jump);
    forwarding = peer.forwarding;
    const file = join(ready.folder, 'random');
    await writeFile(file, randomBytes(bytes));
    const ways = [
      ['download from a device by ssh -J, 64 MiB', `cat ${file}`, undefined],
      ['upload to a device by ssh -J, 64 MiB', 'cat > /dev/null', file],
    ] as const;
    for (const [work, command, input] of ways) {
      const measure = (config: string) => () => transfer(config, command, input);
      const [ours, theirs] = await inTurn(measure(ready.config), measure(peer.config));
      yield figure(work, 'MB/s', ours, theirs, { of: 'ratio', is: '>=', limit: 0.7 });
    }
  } finally {
    await agent.stop();
    forwarding?.kill();
    gateway.disconnect();
    await Promise.all([sshd.stop(), jump.stop()]);
  }
};

/** Runs the command on the device, fed with a file if there is one. @returns megabytes a second */
async function transfer(config: string, command: string, input: string | undefined): Promise<number> {
  const started = performance.now();
  const feed = input === undefined ? '' : ` < ${input}`;
  const child = spawn('sh', [
    '-c',
    `ssh -F ${config} -c ${cipher} ${deviceHost} '${command}' > /dev/null${feed}`,
  ]);
  const { code, stderr } = await finish(child);
  if (code !== 0) throw new Error(`ssh ended with ${code}: ${stderr}`);
  return bytes / 1e6 / ((performance.now() - started) / 1000);
}

function startAgent(ready: Ready): SshTunnelController {
  const gateway = { address: 'bench', tlsPins: [], sshHostKeys: ready.hostKeys };
  return new SshTunnelController({
    dialler: {
      upgrade: async () => ({ stream: connect(ready.devicePort, '127.0.0.1'), gateway }),
    },
    device,
    sshKey: ready.sshKey,
    openings: new OpeningTimesFile(join(ready.folder, 'tunnel.json')),
    clock: createSystemClock(),
    log: { debug() {}, info() {}, warn() {} },
    random: Math.random,
  });
}

/** The same way by OpenSSH: a socket on the jump host leads back to the device. */
async function reverseForwarding(folder: string, sshd: Sshd, jump: Sshd) {
  const config = join(folder, 'peer-config');
  const lines = [
    'Host *',
    '  StrictHostKeyChecking no',
    '  UserKnownHostsFile /dev/null',
    '  LogLevel ERROR',
    '  BatchMode yes',
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
  const args = [
    '-F',
    config,
    '-c',
    cipher,
    '-o',
    'LogLevel=INFO',
    '-N',
    '-R',
    `0:127.0.0.1:${sshd.port}`,
    'jump',
  ];
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
async function serve(sshd: Sshd): Promise<void> {
  const rig = await Rig.start({ tunnel: openTunnel({ ssh: sshd.port }) });
  process.send?.({
    devicePort: rig.devicePort,
    folder: rig.folder,
    config: await rig.clientConfig({ [deviceHost]: sshd }),
    sshKey: await readFile(join(rig.folder, 'device'), 'utf8'),
    hostKeys: rig.gateway.sshHostKeys,
  } satisfies Ready);
  await new Promise<void>(resolve => process.once('disconnect', resolve));
  await rig[Symbol.asyncDispose]();
}

if (import.meta.main && process.argv[2] === 'gateway') await serve(JSON.parse(process.argv[3] ?? '{}'));
