/** Configuration of the person's stock ssh: the gateway as `gateway`, each device beyond it. */
import { writeFileSync } from 'node:fs';
import path from 'node:path';

export interface SshHost {
  readonly name: string;
  readonly user: string;
  readonly identity: string;
  /** `ssh-ed25519 AAAA…` */
  readonly hostKey: string;
}

export interface GatewaySsh {
  readonly port: number;
  readonly identity: string;
  readonly hostKey: string;
}

/**
 * Writes `config` and `known_hosts` into a folder. Nothing but what stands there is asked or believed: no agent,
 * no other key, no question at a terminal.
 */
export function writeSshConfig(folder: string, gateway: GatewaySsh, devices: readonly SshHost[]): void {
  const knownHosts = path.join(folder, 'known_hosts');
  const lines = [
    'Host *',
    `  UserKnownHostsFile ${knownHosts}`,
    '  GlobalKnownHostsFile /dev/null',
    '  StrictHostKeyChecking yes',
    '  BatchMode yes',
    '  IdentitiesOnly yes',
    '  IdentityAgent none',
    '  LogLevel ERROR',
    'Host gateway',
    '  HostName 127.0.0.1',
    `  Port ${gateway.port}`,
    '  User git',
    `  IdentityFile ${gateway.identity}`,
    ...devices.flatMap(({ name, user, identity }) => [
      `Host ${name}`,
      `  User ${user}`,
      `  IdentityFile ${identity}`,
    ]),
  ];
  writeFileSync(path.join(folder, 'config'), `${lines.join('\n')}\n`);
  const known = [
    `[127.0.0.1]:${gateway.port} ${gateway.hostKey}`,
    ...devices.map(({ name, hostKey }) => `${name} ${hostKey}`),
  ];
  writeFileSync(knownHosts, `${known.join('\n')}\n`);
}
