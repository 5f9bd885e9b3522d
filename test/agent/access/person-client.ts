/** A client that does what stock ssh would not, logged in at the agent's server. */
import { readFile } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import ssh2, { type ConnectConfig } from 'ssh2';
import type { AccessRig } from '../../../lab/rig/access-rig.ts';

export interface PersonClient {
  readonly ssh: ssh2.Client;
  readonly socket: Socket;
}

/** @param identity name of a key in the rig's folder */
export async function enter(
  rig: AccessRig,
  username = 'anyone',
  more: Partial<ConnectConfig> = {},
  identity = 'alice',
): Promise<PersonClient> {
  const ssh = new ssh2.Client();
  const key = await readFile(join(rig.folder, identity), 'utf8');
  const proof = more.agent === undefined ? { privateKey: key } : {};
  const socket = connect({ port: rig.port, host: '127.0.0.1', noDelay: true });
  await new Promise<void>((resolve, reject) => {
    ssh
      .once('ready', resolve)
      .on('error', reject)
      .on('close', () => reject(new Error('closed')));
    ssh.connect({ sock: socket, username, ...proof, hostVerifier: () => true, ...more });
  });
  return { ssh, socket };
}
