/** A client that does what stock ssh would not. */
import { readFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import ssh2, { type ClientChannel, type ConnectConfig } from 'ssh2';
import { operator } from '../../../lab/rig/tunnel-fleet.ts';
import type { Rig } from '../../../lab/rig/tunnel-rig.ts';

export interface LoggedIn {
  readonly client: ssh2.Client;
  /** Opens a direct-tcpip channel. */
  reach(host: string, port: number): Promise<ClientChannel>;
}

/** Logs in at the people's port with the operator's key, or that of the given name. */
export async function logIn(
  rig: Rig,
  more: Partial<ConnectConfig> = {},
  identity = operator,
): Promise<LoggedIn> {
  const client = new ssh2.Client();
  const socket = connect({ port: rig.people.address.port, host: '127.0.0.1', noDelay: true });
  const privateKey = await readFile(join(rig.folder, identity), 'utf8');
  await new Promise<void>((resolve, reject) => {
    client
      .once('ready', resolve)
      .on('error', reject)
      .on('close', () => reject(new Error('closed')));
    client.connect({ sock: socket, username: 'anyone', privateKey, hostVerifier: () => true, ...more });
  });
  return {
    client,
    reach: (host, port) =>
      new Promise((resolve, reject) => {
        client.forwardOut('127.0.0.1', 0, host, port, (error, channel) =>
          error === undefined ? resolve(channel) : reject(error),
        );
      }),
  };
}
