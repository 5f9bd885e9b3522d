/** A real OpenSSH server on a free loopback port, and what a stock client needs to talk to it. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { freePort } from '../machine/free-port.ts';
import { makeKeyFile } from './key-file.ts';

export interface Sshd {
  readonly host: string;
  readonly port: number;
  /** Of the process that listens; each connection is a child of it. */
  readonly pid: number;
  /** The account that one logs in to. */
  readonly user: string;
  /** Private key file that is let in. */
  readonly identity: string;
  /** `type blob`, for a known_hosts file. */
  readonly hostKey: string;
  /** Ends the server and every connection it serves, and removes its files. */
  stop(): Promise<void>;
}

/**
 * Starts sshd as the present user.
 * @param settings lines for the end of its configuration
 * @throws Error when it does not answer within a minute, with its output
 */
export async function startSshd(settings: readonly string[] = []): Promise<Sshd> {
  const folder = await mkdtemp(join(tmpdir(), 'tl-sshd-'));
  const identity = join(folder, 'identity');
  await makeKeyFile(join(folder, 'host'));
  await makeKeyFile(identity);
  for (let attempt = 1; ; attempt += 1) {
    const port = await freePort();
    const server = await launch(folder, port, settings);
    if (server === undefined && attempt < 5) continue;
    if (server === undefined)
      throw new Error(`sshd does not start: ${await readFile(join(folder, 'log'), 'utf8')}`);
    return {
      host: '127.0.0.1',
      port,
      pid: server.pid ?? 0,
      user: userInfo().username,
      identity,
      hostKey: (await readFile(join(folder, 'host.pub'), 'utf8')).split(' ').slice(0, 2).join(' '),
      async stop() {
        await end(server);
        await rm(folder, { recursive: true, force: true });
      },
    };
  }
}

async function launch(
  folder: string,
  port: number,
  more: readonly string[],
): Promise<ChildProcess | undefined> {
  // The folder that sshd confines itself to before a login, where it runs as root.
  if (userInfo().uid === 0) mkdirSync('/run/sshd', { recursive: true, mode: 0o755 });
  const settings = [
    `ListenAddress 127.0.0.1:${port}`,
    `HostKey ${join(folder, 'host')}`,
    `AuthorizedKeysFile ${join(folder, 'identity.pub')}`,
    'PidFile none',
    'StrictModes no',
    'UsePAM no',
    'PasswordAuthentication no',
    'KbdInteractiveAuthentication no',
    'PermitRootLogin prohibit-password',
    'MaxStartups 100',
    'Subsystem sftp internal-sftp',
    ...more,
  ];
  await writeFile(join(folder, 'config'), `${settings.join('\n')}\n`);
  // sshd starts itself anew for each connection and wants its absolute path.
  const args = ['-D', '-f', join(folder, 'config'), '-E', join(folder, 'log')];
  const server = spawn('/usr/sbin/sshd', args, { stdio: 'ignore', detached: true });
  for (let tries = 0; tries < 1200 && server.exitCode === null; tries += 1) {
    if (await answers(port)) return server;
    await wait(50);
  }
  await end(server);
  return undefined;
}

async function end(server: ChildProcess): Promise<void> {
  if (server.exitCode !== null || server.signalCode !== null || server.pid === undefined) return;
  const gone = new Promise<void>(resolve => server.once('exit', () => resolve()));
  // Its own process group: sessions that are still served end, too.
  process.kill(-server.pid, 'SIGKILL');
  await gone;
}

function answers(port: number): Promise<boolean> {
  return new Promise(resolve => {
    const socket = connect(port, '127.0.0.1');
    socket.once('data', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
