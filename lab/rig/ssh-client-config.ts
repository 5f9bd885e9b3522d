/** Configuration of a stock SSH client whose hosts lie behind the people's port. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

export interface SshHost {
  readonly user: string;
  readonly identity: string;
  readonly hostKey: string;
}

/**
 * @param port of the people's port, with the host key `gateway.pub` of the folder; its host is `gw`
 * @param hosts reached through it, by name
 * @param identity name of a key in the folder
 * @returns path of the file
 */
export async function writeClientConfig(
  folder: string,
  port: number,
  hosts: Readonly<Record<string, SshHost>>,
  identity: string,
): Promise<string> {
  const known = [`[127.0.0.1]:${port} ${await readFile(join(folder, 'gateway.pub'), 'utf8')}`];
  const lines = [
    'Host *',
    `  UserKnownHostsFile ${join(folder, 'known_hosts')}`,
    '  GlobalKnownHostsFile /dev/null',
    '  BatchMode yes',
    '  IdentitiesOnly yes',
    '  IdentityAgent none',
    '  LogLevel ERROR',
    'Host gw',
    '  HostName 127.0.0.1',
    `  Port ${port}`,
    '  User git',
    `  IdentityFile ${join(folder, identity)}`,
  ];
  for (const [name, { user, identity: key, hostKey }] of Object.entries(hosts)) {
    lines.push(`Host ${name}`, `  User ${user}`, `  IdentityFile ${key}`, '  ProxyJump gw');
    known.push(`${name} ${hostKey}\n`);
  }
  await writeFile(join(folder, 'known_hosts'), known.join(''));
  const file = join(folder, 'config');
  await writeFile(file, `${lines.join('\n')}\n`);
  return file;
}
