/** How this person's own ssh comes to the gateway, as they have set it up for git: with which keys, through which proxy. */
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
import { gatewaySession, type SshAddress, sshCommand } from '../desk/gateway-session.ts';

export interface PersonSettings {
  readonly hostName: string;
  /** Port, user and proxies: lines of a configuration, in words. */
  readonly way: readonly (readonly string[])[];
  /** Keys. The same are good at devices. */
  readonly identity: readonly (readonly string[])[];
}

/** Words of `ssh -G` that are taken over, as a configuration writes them. */
const wayWords: ReadonlyMap<string, string> = new Map([
  ['port', 'Port'],
  ['user', 'User'],
  ['proxyjump', 'ProxyJump'],
  ['proxycommand', 'ProxyCommand'],
]);
const identityWords: ReadonlyMap<string, string> = new Map([
  ['identityfile', 'IdentityFile'],
  ['certificatefile', 'CertificateFile'],
  ['identitiesonly', 'IdentitiesOnly'],
  ['identityagent', 'IdentityAgent'],
  ['pkcs11provider', 'PKCS11Provider'],
  ['securitykeyprovider', 'SecurityKeyProvider'],
]);

const timeoutMs = 10_000;

/** Where ssh cannot be asked (another program, an old one), what the address says. */
export async function personSettings(
  repo: string,
  address: SshAddress,
  signal: AbortSignal,
): Promise<PersonSettings> {
  const lines: string[] = [];
  const command = await sshCommand(repo);
  const within = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
  const asked = { address, command, options: ['-G'], onLine: (line: string) => void lines.push(line) };
  const { code } = await gatewaySession(asked, within);
  signal.throwIfAborted();
  return code === 0 ? settingsOf(lines, address) : settingsOf([], address);
}

function settingsOf(lines: readonly string[], { host, port }: SshAddress): PersonSettings {
  const said = lines.map(text => {
    const [name = '', ...value] = text.split(' ');
    return { name: name.toLowerCase(), value: value.join(' ') };
  });
  const [user, name] = host.includes('@') ? host.split('@') : [undefined, host];
  const hostName = said.find(each => each.name === 'hostname')?.value ?? name ?? host;
  const way = said.flatMap(({ name, value }) => taken(wayWords, name, value));
  const plain = [
    ...(user === undefined ? [] : [['User', user]]),
    ...(port === undefined ? [] : [['Port', port]]),
  ];
  const identity = said.flatMap(each => taken(identityWords, each.name, each.value));
  return { hostName, way: way.length > 0 ? way : plain, identity };
}

function taken(words: ReadonlyMap<string, string>, name: string, value: string): string[][] {
  const word = words.get(name);
  if (word === undefined || value === '' || (value === 'none' && word !== 'IdentityAgent')) return [];
  if (word === 'SecurityKeyProvider' && value === 'internal') return [];
  const isFile = word === 'IdentityFile' || word === 'CertificateFile';
  if (!isFile) return [[word, value]];
  // ssh -G names those that it would look for, too. A path with a quote cannot be written.
  const file = value.replace(/^~(?=\/)/, homedir());
  return existsSync(file) && !file.includes('"')
    ? [[word, `"${path.resolve(file).replaceAll('%', '%%')}"`]]
    : [];
}
