/** From a connection to a login, at the people's port and at an sshd, by one client that waits for nothing else. */
import { readFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { userInfo } from 'node:os';
import ssh2 from 'ssh2';
import { sshAlgorithms } from '../../core/io/ssh/ssh-algorithms.ts';
import { type Bench, figure, median } from '../figure.ts';
import { TwoWays } from './ways.ts';

const logins = 100;

export const bench: Bench = async function* (signal) {
  await using ways = await TwoWays.open('aes128-gcm@openssh.com', signal);
  const places = [
    { port: ways.ours.peoplePort, identity: ways.ours.identity },
    { port: ways.peer.port, identity: ways.peer.identity },
  ];
  const took: [number[], number[]] = [[], []];
  for (let login = -5; login < logins; login += 1) {
    signal.throwIfAborted();
    for (const [index, { port, identity }] of places.entries()) {
      const ms = await logIn(port, await readFile(identity, 'utf8'));
      if (login >= 0) took[index]?.push(ms);
    }
  }
  // 10 ms where sshd takes 45: it starts a process for each.
  const limit = { of: 'ratio', is: '<=', limit: 0.25 } as const;
  yield figure('login at the gateway, median (peer: at sshd)', 'ms', median(took[0]), median(took[1]), limit);
};

/** @returns milliseconds */
async function logIn(port: number, privateKey: string): Promise<number> {
  const started = performance.now();
  const socket = connect({ port, host: '127.0.0.1', noDelay: true });
  const client = new ssh2.Client();
  await new Promise<void>((resolve, reject) => {
    client.once('ready', resolve).on('error', reject);
    client.connect({
      sock: socket,
      username: userInfo().username,
      privateKey,
      hostVerifier: () => true,
      algorithms: sshAlgorithms,
    });
  });
  const ms = performance.now() - started;
  client.end();
  return ms;
}
