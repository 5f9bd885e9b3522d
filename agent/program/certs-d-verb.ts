/**
 * `agent/main.ts certs-d`: a key of its own for the engine, where engines look for one, so that a person can pull by hand what
 * the releases of this device pin. It is no key of the agent: with it nothing can be had but images.
 */
import type { X509Certificate } from 'node:crypto';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { agentVerbs } from '../../core/agent-verbs.ts';
import { TowlineError } from '../../core/errors.ts';
import type { GatewayAddress } from '../../core/fleet/gateway-address.ts';
import { makeTlsKey, tlsPublicKey } from '../../core/io/device-keys.ts';
import { readBounded, writeDurably } from '../../core/io/file/durable-file.ts';
import { parseProxy } from '../../core/io/https/http-proxy.ts';
import { connectPinned } from '../../core/io/https/pinned-connection.ts';
import { selfSignedCertificate } from '../../core/io/https/self-signed-certificate.ts';
import { printable, shownJson } from '../../core/shown-text.ts';
import { type AgentConfig, readAgentConfig } from './config.ts';
import { untilStopped } from './until-stopped.ts';

const maxKeyBytes = 64 * 1024;
const connectTimeoutMs = 15_000;

interface CertsDOptions {
  readonly dir: string;
  readonly renew: boolean;
  readonly json: boolean;
}

/**
 * What is there of the key stays, unless it is renewed; the certificates of the gateways are written anew.
 * @returns the exit code: 130 when it was stopped
 * @throws TowlineError AGENT_GATEWAY_UNREACHABLE, AGENT_GATEWAY_PIN, AGENT_PROXY, AGENT_CONFIG; what the disk throws
 */
export async function runCertsD(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({ args: [...args], options: agentVerbs['certs-d'].options });
  const config = await readAgentConfig(values.config);
  const { dir, renew, json } = values;
  return await untilStopped(signal => write(config, { dir: path.resolve(dir), renew, json }, signal));
}

async function write(
  { device, gateways, proxy, fleet }: AgentConfig,
  { dir, renew, json }: CertsDOptions,
  signal: AbortSignal,
): Promise<void> {
  // All of them first: where one shows another key nothing is written.
  const authorities = new Map<string, string>();
  for (const gateway of gateways) {
    const address = { ...gateway, sshHostKeys: gateway.sshHostKeys ?? [] };
    authorities.set(gateway.address, await certificateOf(address, proxy, signal));
  }
  const folders = [...authorities.keys()].map(address => path.join(dir, address));
  const tlsKey = (renew ? undefined : await keyIn(folders)) ?? makeTlsKey();
  const certificate = selfSignedCertificate(tlsKey, `engine of ${device}`);
  for (const [address, authority] of authorities) {
    const folder = path.join(dir, address);
    await writeDurably(path.join(folder, 'ca.crt'), authority, { mode: 0o644 });
    await writeDurably(path.join(folder, 'client.cert'), certificate, { mode: 0o644 });
    await writeDurably(path.join(folder, 'client.key'), tlsKey);
  }
  const key = tlsPublicKey({ tlsKey });
  const words = [
    ...folders.map(folder => `wrote ${folder}`),
    'At your desk, in the fleet repository:',
    `  towline device registry-key ${device} ${key}`,
    `Once the commit is in place: docker pull ${[...authorities.keys()][0]}/REGISTRY/REPOSITORY:TAG`,
  ];
  const text = json ? shownJson({ fleet, device, key, folders }) : words.map(printable).join('\n');
  process.stdout.write(`${text}\n`);
}

/** The engine's, from a run before this one. */
async function keyIn(folders: readonly string[]): Promise<string | undefined> {
  for (const folder of folders) {
    const file = path.join(folder, 'client.key');
    const bytes = await readBounded(file, maxKeyBytes);
    if (bytes === undefined) continue;
    const tlsKey = bytes.toString('utf8');
    try {
      selfSignedCertificate(tlsKey, '');
      return tlsKey;
    } catch (cause) {
      throw new TowlineError('AGENT_KEYS', `${file} is no P-256 key: remove it, or use --renew`, { cause });
    }
  }
  return undefined;
}

/** The certificate of the key that is pinned, as the gateway shows it. */
async function certificateOf(
  gateway: GatewayAddress,
  proxy: string | undefined,
  signal: AbortSignal,
): Promise<string> {
  let shown = '';
  const onCertificate = (certificate: X509Certificate) => {
    shown = certificate.toString();
  };
  const socket = await connectPinned(
    {
      ...{ gateway, key: undefined, certificate: undefined, connectTimeoutMs, session: undefined },
      ...{ proxy: proxy === undefined ? undefined : parseProxy(proxy), onSession: () => {}, onCertificate },
    },
    signal,
  );
  socket.destroy();
  return shown;
}
