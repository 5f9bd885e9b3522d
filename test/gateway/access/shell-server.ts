/** In the place of an agent's own server: it lets one key in, runs commands on this machine, and notes what it is told. */
import { spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import type { Duplex } from 'node:stream';
import ssh2, { type Connection, type Session } from 'ssh2';

export interface ShellServer {
  readonly users: string[];
  readonly told: string[];
  accept(stream: Duplex): void;
}

/** @param hostKey path of a private key @param letIn path of a public key */
export async function startShellServer(hostKey: string, letIn: string): Promise<ShellServer> {
  const users: string[] = [];
  const told: string[] = [];
  const key = Buffer.from((await readFile(letIn, 'utf8')).split(' ')[1] ?? '', 'base64');
  const server = new ssh2.Server({ hostKeys: [await readFile(hostKey)] }, connection => {
    connection.on('error', () => {});
    connection.on('authentication', context => {
      if (context.method !== 'publickey' || !context.key.data.equals(key))
        return context.reject(['publickey']);
      users.push(context.username);
      context.accept();
    });
    serve(connection, told);
  });
  return { users, told, accept: stream => server.injectSocket(stream) };
}

function serve(connection: Connection, told: string[]): void {
  connection.on('session', accept => {
    const session: Session = accept();
    let kill = (_signal: NodeJS.Signals) => {};
    session.on('pty', (yes, _no, { cols, rows }) => {
      told.push(`pty ${cols}x${rows}`);
      yes?.();
    });
    session.on('window-change', (yes, _no, { cols, rows }) => {
      told.push(`size ${cols}x${rows}`);
      yes?.();
    });
    session.on('env', (_yes, no, { key }) => {
      told.push(`env ${key}`);
      no?.();
    });
    session.on('signal', (_yes, _no, { name }) => {
      told.push(`signal ${name}`);
      kill(`SIG${name}` as NodeJS.Signals);
    });
    const run = (yes: () => ssh2.ServerChannel, command: string) => {
      const channel = yes();
      const child = spawn('sh', ['-c', command]);
      kill = signal => void child.kill(signal);
      channel.on('error', () => {}).on('close', () => child.kill('SIGKILL'));
      child.stdin.on('error', () => {});
      channel.pipe(child.stdin);
      child.stdout.pipe(channel, { end: false });
      child.stderr.pipe(channel.stderr, { end: false });
      child.on('close', (code, signal) => {
        channel.exit(signal === null ? (code ?? 1) : 130);
        channel.end();
      });
    };
    session.on('exec', (yes, _no, { command }) => run(yes, command));
    session.on('shell', yes => run(yes, 'exec cat'));
  });
}
