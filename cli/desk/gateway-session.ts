/** A command at the gateway's SSH port, run by the person's own ssh as git runs it. */
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { git } from './git.ts';

export interface SshAddress {
  /** With the user, where one is named. */
  readonly host: string;
  readonly port?: string;
}

/**
 * @param place as git has it: `ssh://user@host:port/telemetry.git`, `user@host:telemetry.git`
 * @returns undefined: no place behind SSH
 */
export function sshAddress(place: string): SshAddress | undefined {
  const url = /^ssh:\/\/((?:[^@/\s]+@)?(?:\[[0-9a-fA-F:]+\]|[^:/\s-][^:/\s]*))(?::(\d{1,5}))?\//.exec(place);
  const short = url === null ? /^((?:[^@:/\s]+@)?[^:/\s-][^:/\s]*):(?!\/\/)/.exec(place) : null;
  const [, host, port] = url ?? short ?? [];
  if (host === undefined || host.startsWith('-')) return undefined;
  return { host: host.replace(/\[|\]/g, ''), ...(port === undefined ? {} : { port }) };
}

/** As git runs it (git-config(1), core.sshCommand): words for a shell. */
export async function sshCommand(repo: string): Promise<string> {
  const { GIT_SSH_COMMAND, GIT_SSH } = process.env;
  const own =
    GIT_SSH_COMMAND ?? (await git(['config', 'core.sshCommand'], { directory: repo }).catch(() => ''));
  return own === '' ? (GIT_SSH ?? 'ssh') : own;
}

export interface GatewaySession {
  readonly address: SshAddress;
  /** Of `sshCommand`. */
  readonly command: string;
  /** What is run there, in one line; or options of ssh before the host, such as `-G`. */
  readonly run?: string;
  readonly options?: readonly string[];
  readonly onLine: (line: string) => void;
}

export interface SessionEnd {
  /** Undefined: it could not be started, or was ended by a signal. */
  readonly code: number | undefined;
  readonly complaint: string;
}

/** The person's own ssh, with what it runs there. */
export function spawnSession(
  { address, command, run, options = [] }: Omit<GatewaySession, 'onLine'>,
  stdin: 'pipe' | 'ignore',
  signal: AbortSignal,
) {
  const port = address.port === undefined ? [] : ['-p', address.port];
  const words = [...options, ...port, address.host, ...(run === undefined ? [] : [run])];
  return spawn('sh', ['-c', `exec ${command} "$@"`, 'sh', ...words], {
    stdio: [stdin, 'pipe', 'pipe'],
    signal,
  });
}

/** Until it ends, or is ended. */
export function gatewaySession(
  { onLine, ...session }: GatewaySession,
  signal: AbortSignal,
): Promise<SessionEnd> {
  const child = spawnSession(session, 'ignore', signal);
  let complaint = '';
  if (child.stdout !== null) createInterface({ input: child.stdout }).on('line', onLine);
  child.stderr?.on('data', (chunk: Buffer) => {
    complaint = (complaint + chunk.toString('utf8')).slice(-1000);
  });
  return new Promise(resolve => {
    const end = (code: number | null) => resolve({ code: code ?? undefined, complaint: complaint.trim() });
    child.once('error', () => end(null));
    child.once('close', end);
  });
}
