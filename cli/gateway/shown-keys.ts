/** The keys that a gateway shows to whoever connects. They are nobody's until its fingerprint was compared. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import tls from 'node:tls';
import type { GatewayKeys } from '../../core/enrolment/gateway-fingerprint.ts';
import { messageOf } from '../../core/errors/cause.ts';
import { TowlineError } from '../../core/errors.ts';
import type { Address } from '../../core/fleet/address.ts';
import { peerPin } from '../../core/io/https/tls-pins.ts';

const timeoutMs = 15_000;
const maxScanBytes = 64 * 1024;

/** @throws TowlineError CLI_GATEWAY_UNREACHABLE */
export async function shownKeys(
  devices: Address,
  people: Address,
  signal: AbortSignal,
): Promise<GatewayKeys> {
  const [tlsPin, sshHostKey] = await Promise.all([shownPin(devices, signal), shownHostKey(people, signal)]);
  return { tlsPin, sshHostKey };
}

const unreachable = ({ host, port }: Address, why: string, cause?: unknown) =>
  new TowlineError('CLI_GATEWAY_UNREACHABLE', `${host}:${port}: ${why}`, { cause });

async function shownPin(address: Address, signal: AbortSignal): Promise<string> {
  const { host, port } = address;
  const socket = tls.connect({ host, port, minVersion: 'TLSv1.3', rejectUnauthorized: false });
  const timer = setTimeout(
    () => socket.destroy(new Error(`no answer within ${timeoutMs / 1000} s`)),
    timeoutMs,
  );
  try {
    await once(socket, 'secureConnect', { signal });
    const pin = peerPin(socket);
    if (pin === undefined) throw new Error('it shows no key');
    return pin;
  } catch (cause) {
    signal.throwIfAborted();
    throw unreachable(address, messageOf(cause), cause);
  } finally {
    clearTimeout(timer);
    socket.on('error', () => undefined).destroy();
  }
}

/** By OpenSSH's own program, as people log in by OpenSSH. */
async function shownHostKey(address: Address, signal: AbortSignal): Promise<string> {
  const { host, port } = address;
  const args = ['-T', String(timeoutMs / 1000), '-t', 'ed25519', '-p', String(port), '--', host];
  const child = spawn('ssh-keyscan', args, { stdio: ['ignore', 'pipe', 'ignore'], signal });
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => {
    if (output.length < maxScanBytes) output += chunk.toString('utf8');
  });
  try {
    await once(child, 'close');
  } catch (cause) {
    signal.throwIfAborted();
    throw unreachable(address, `ssh-keyscan: ${messageOf(cause)}`, cause);
  }
  const [, line] = /^\S+ (ssh-ed25519 [A-Za-z0-9+/=]+)\s*$/m.exec(output) ?? [];
  if (line === undefined) throw unreachable(address, 'no SSH host key is shown there');
  return line;
}
