/** Connections that are tried from a network namespace, and listeners in one. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { text } from 'node:stream/consumers';

export interface Place {
  readonly name: string;
  readonly address: string;
  readonly port: number;
  readonly protocol: 'tcp' | 'udp';
  /** The address that it is dialled from; absent: as the kernel chooses. */
  readonly from?: string;
}

export interface Dialled {
  readonly name: string;
  readonly answered: boolean;
  /** Why not. */
  readonly words: string | undefined;
  readonly tookMs: number;
}

const program = path.join(import.meta.dirname, 'probe-main.ts');

/** Path of a network namespace: `/run/netns/NAME`, `/proc/PID/ns/net`. */
export type NetworkPath = string;

const entered = (network: NetworkPath, args: readonly string[]) => [
  `--net=${network}`,
  process.execPath,
  program,
  ...args,
];

/** Answers on all of these ports until it is disposed of. @param ports `80/tcp`, `53/udp@ADDRESS` */
export async function listening(network: NetworkPath, ports: readonly string[]): Promise<AsyncDisposable> {
  const child = spawn('nsenter', entered(network, ['listen', ...ports]), {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(child, 'exit');
  const heard = await Promise.race([once(child.stdout, 'data').then(String), ended.then(() => 'ended')]);
  if (heard.trim() !== 'ready') throw new Error(`no listener on ${ports.join(', ')}: ${heard}`);
  return {
    [Symbol.asyncDispose]: async () => {
      child.kill('SIGKILL');
      await ended;
    },
  };
}

/** Tries all at once. */
export async function dialled(
  network: NetworkPath,
  places: readonly Place[],
  timeoutMs: number,
): Promise<readonly Dialled[]> {
  const child = spawn('nsenter', entered(network, ['dial']), { stdio: ['pipe', 'pipe', 'inherit'] });
  child.stdin.end(JSON.stringify({ places, timeoutMs }));
  return JSON.parse(await text(child.stdout));
}
