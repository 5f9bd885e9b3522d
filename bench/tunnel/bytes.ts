/** 512 MiB from a device and to it, by `ssh -J`: how fast, and what it costs the gateway. */
import { spawn } from 'node:child_process';
import { finish } from '../../lab/rig/finished.ts';
import { deviceHost } from '../../lab/rig/tunnel-fleet.ts';
import { type Bench, figure, median } from '../figure.ts';
import { cpuSeconds } from '../simulator/process-tree.ts';
import { TwoWays, type Way } from './ways.ts';

const mebibytes = Number(process.env.TOWLINE_BENCH_MEBIBYTES ?? 512);
const rounds = 5;
/** OpenSSH's own default is the second. */
const ciphers = [
  ['aes128-gcm@openssh.com', 0.9],
  ['chacha20-poly1305@openssh.com', 1],
] as const;
const directions = [
  ['download from', `head -c ${mebibytes}M /dev/zero`, '< /dev/null'],
  ['upload to', 'cat > /dev/null', `< <(head -c ${mebibytes}M /dev/zero)`],
] as const;

interface Transfer {
  readonly mbPerSecond: number;
  /** Of the gateway's processes, for each GiB. */
  readonly cpuMs: number;
}

export const bench: Bench = async function* (signal) {
  for (const [cipher, throughput] of ciphers) {
    await using ways = await TwoWays.open(cipher, signal);
    const [name] = cipher.split('@');
    for (const [what, command, input] of directions) {
      const ours: Transfer[] = [];
      const peer: Transfer[] = [];
      for (let round = -1; round < rounds; round += 1) {
        signal.throwIfAborted();
        const [mine, theirs] = [
          await transfer(ways.ours, command, input),
          await transfer(ways.peer, command, input),
        ];
        if (round < 0) continue;
        ours.push(mine);
        peer.push(theirs);
      }
      const of = (key: keyof Transfer, all: readonly Transfer[]) => median(all.map(one => one[key]));
      const work = `${what} a device by ssh -J, ${mebibytes} MiB, ${name}`;
      yield figure(work, 'MB/s', of('mbPerSecond', ours), of('mbPerSecond', peer), {
        of: 'ratio',
        is: '>=',
        limit: throughput,
      });
      yield figure(
        `gateway CPU for each GiB of it (peer: sshd of the jump host)`,
        'CPU ms',
        of('cpuMs', ours),
        of('cpuMs', peer),
        {
          of: 'ratio',
          is: '<=',
          limit: 1.1,
        },
      );
    }
  }
};

/** Runs the command on the device, fed with what a shell's redirection says. */
async function transfer({ config, gatewayPid }: Way, command: string, input: string): Promise<Transfer> {
  const line = `ssh -F ${config} ${deviceHost} '${command}' > /dev/null ${input}`;
  const cpuBefore = cpuSeconds(gatewayPid);
  const started = performance.now();
  const { code, stderr } = await finish(spawn('bash', ['-c', line]));
  if (code !== 0) throw new Error(`ssh ended with ${code}: ${stderr}`);
  const seconds = (performance.now() - started) / 1000;
  const cpuMs = ((cpuSeconds(gatewayPid) - cpuBefore) * 1000 * 1024) / mebibytes;
  return { mbPerSecond: (mebibytes * 1.048576) / seconds, cpuMs };
}
