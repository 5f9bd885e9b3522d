/** How a store's server is reached by ssh: from a device's helper, and from a desk. */
import type { StoreServer } from '../fleet/backup-stores.ts';

/** The server goes by this name in `known_hosts`, whatever its address is. */
const alias = 'store';

export const knownHosts = ({ hostKeys }: StoreServer): string =>
  hostKeys.map(key => `${alias} ${key}\n`).join('');

/**
 * The command that restic speaks SFTP with. It splits at blanks; no value has one.
 * @param folder that has `identity` and `known_hosts`, without blanks
 */
export function sshCommand({ host, port, user }: StoreServer, folder: string): string {
  const options = {
    IdentityFile: `${folder}/identity`,
    UserKnownHostsFile: `${folder}/known_hosts`,
    GlobalKnownHostsFile: '/dev/null',
    HostKeyAlias: alias,
    StrictHostKeyChecking: 'yes',
    IdentitiesOnly: 'yes',
    IdentityAgent: 'none',
    PreferredAuthentications: 'publickey',
    BatchMode: 'yes',
    ConnectTimeout: '30',
    // A server that is silent is given up.
    ServerAliveInterval: '15',
    ServerAliveCountMax: '4',
  };
  const words = Object.entries(options).flatMap(([key, value]) => ['-o', `${key}=${value}`]);
  return ['ssh', '-F', 'none', ...words, '-p', String(port), '-l', user, '-s', host, 'sftp'].join(' ');
}
