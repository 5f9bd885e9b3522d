/** How a store's server is reached by ssh: from a device's helper, and from a desk. */
import type { StoreServer } from '../fleet/backup-stores.ts';

/** The server goes by this name in `known_hosts`, whatever its address is. */
const alias = 'store';

export const knownHosts = ({ hostKeys }: StoreServer): string =>
  hostKeys.map(key => `${alias} ${key}\n`).join('');

/**
 * The command that restic speaks SFTP with. It splits at blanks; no value has one.
 * @param folder that has `identity` and `known_hosts`, without blanks
 * @param words file for what ssh says: restic passes it on from a thread of its own, which it does not wait for when it ends
 */
export function sshCommand({ host, port, user }: StoreServer, folder: string, words: string): string {
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
  const given = Object.entries(options).flatMap(([key, value]) => ['-o', `${key}=${value}`]);
  return [
    'ssh',
    '-F',
    'none',
    '-E',
    words,
    ...given,
    '-p',
    String(port),
    '-l',
    user,
    '-s',
    host,
    'sftp',
  ].join(' ');
}
