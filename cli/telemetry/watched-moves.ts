/** Tells when a branch of telemetry.git has moved, by a session at the gateway that has the devices asked to send meanwhile. */
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { setTimeout as wait } from 'node:timers/promises';
import { git } from '../desk/git.ts';

export interface MovesOptions {
  /** As git has it: `ssh://user@host:port/telemetry.git`, `user@host:telemetry.git`. */
  readonly place: string;
  readonly devices: readonly string[];
  readonly repo: string;
  readonly moved: (device: string) => void;
  /** What is in the way of it, once. */
  readonly trouble: (words: string) => void;
}

interface Address {
  readonly host: string;
  readonly port?: string;
}

/** @returns undefined: no place behind SSH */
export function sshAddress(place: string): Address | undefined {
  const url = /^ssh:\/\/((?:[^@/\s]+@)?(?:\[[0-9a-fA-F:]+\]|[^:/\s-][^:/\s]*))(?::(\d{1,5}))?\//.exec(place);
  const short = url === null ? /^((?:[^@:/\s]+@)?[^:/\s-][^:/\s]*):(?!\/\/)/.exec(place) : null;
  const [, host, port] = url ?? short ?? [];
  if (host === undefined || host.startsWith('-')) return undefined;
  return { host: host.replace(/\[|\]/g, ''), ...(port === undefined ? {} : { port }) };
}

/** Between two sessions, milliseconds. */
const pauseMs = 2000;
const mostWatched = 50;

/** Until it is aborted. Where nobody can be asked it ends: who reads looks for itself then. */
export async function watchMoves(options: MovesOptions, signal: AbortSignal): Promise<void> {
  const { place, devices, trouble } = options;
  const address = sshAddress(place);
  if (address === undefined || devices.length > mostWatched) return;
  const command = await sshCommand(options.repo);
  let said: string | undefined;
  while (!signal.aborted) {
    const { worked, complaint } = await session({ ...options, address, command }, signal);
    if (signal.aborted) return;
    if (complaint !== '' && complaint !== said) trouble(complaint);
    said = complaint;
    // An older gateway, or a person who reads none of these: asked again it says the same.
    if (!worked && /towline: /.test(complaint)) return;
    await wait(pauseMs, undefined, { signal }).catch(() => undefined);
  }
}

/** As git runs it (git-config(1), core.sshCommand). */
async function sshCommand(repo: string): Promise<string> {
  const { GIT_SSH_COMMAND, GIT_SSH } = process.env;
  const own =
    GIT_SSH_COMMAND ?? (await git(['config', 'core.sshCommand'], { directory: repo }).catch(() => ''));
  return own === '' ? (GIT_SSH ?? 'ssh') : own;
}

interface Session extends MovesOptions {
  readonly address: Address;
  readonly command: string;
}

function session(
  { address, command, devices, moved }: Session,
  signal: AbortSignal,
): Promise<{ worked: boolean; complaint: string }> {
  const port = address.port === undefined ? [] : ['-p', address.port];
  const words = [...port, address.host, `towline-watch ${devices.join(' ')}`];
  const child = spawn('sh', ['-c', `exec ${command} "$@"`, 'sh', ...words], {
    stdio: ['ignore', 'pipe', 'pipe'],
    signal,
  });
  let worked = false;
  let complaint = '';
  createInterface({ input: child.stdout }).on('line', line => {
    worked = true;
    const device = /^moved (\S{1,63})$/.exec(line)?.[1];
    if (device !== undefined && devices.includes(device)) moved(device);
  });
  child.stderr.on('data', (chunk: Buffer) => {
    complaint = (complaint + chunk.toString('utf8')).slice(-1000);
  });
  return new Promise(resolve => {
    const end = () => resolve({ worked, complaint: complaint.trim() });
    child.once('error', end);
    child.once('close', end);
  });
}
