/** The keys that a gateway shows to whoever connects. They are nobody's until its fingerprint was compared. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import tls from 'node:tls';
import type { GatewayKeys } from '../../core/enrolment/gateway-fingerprint.ts';
import { messageOf } from '../../core/errors/cause.ts';
import { TowlineError } from '../../core/errors.ts';
import type { Address } from '../../core/fleet/address.ts';
import { peerPin } from '../../core/io/https/tls-pins.ts';

const longestMs = 15_000;
const maxScanBytes = 64 * 1024;

/**
 * Where one of the two does not show its key, the other is not waited for.
 * @throws TowlineError CLI_GATEWAY_UNREACHABLE
 */
export async function shownKeys(
  devices: Address,
  people: Address,
  signal: AbortSignal,
  timeoutMs: number = longestMs,
): Promise<GatewayKeys> {
  const over = new AbortController();
  const until = { signal: AbortSignal.any([signal, over.signal]), timeoutMs };
  try {
    const [tlsPin, sshHostKey] = await Promise.all([shownPin(devices, until), shownHostKey(people, until)]);
    return { tlsPin, sshHostKey };
  } finally {
    over.abort();
  }
}

interface Until {
  readonly signal: AbortSignal;
  readonly timeoutMs: number;
}

const noAnswer = (timeoutMs: number) => `no answer within ${timeoutMs / 1000} s`;

const unreachable = ({ host, port }: Address, why: string, cause?: unknown) =>
  new TowlineError('CLI_GATEWAY_UNREACHABLE', `${host}:${port}: ${why}`, { cause });

async function shownPin(address: Address, { signal, timeoutMs }: Until): Promise<string> {
  const { host, port } = address;
  const socket = tls.connect({ host, port, minVersion: 'TLSv1.3', rejectUnauthorized: false });
  const timer = setTimeout(() => socket.destroy(new Error(noAnswer(timeoutMs))), timeoutMs);
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
async function shownHostKey(address: Address, { signal, timeoutMs }: Until): Promise<string> {
  const { host, port } = address;
  const args = ['-T', String(Math.ceil(timeoutMs / 1000)), '-t', 'ed25519', '-p', String(port), '--', host];
  // Its own time does not run while a server that it reached says half a line, or line after line.
  const late = AbortSignal.timeout(timeoutMs);
  const until = AbortSignal.any([signal, late]);
  const child = spawn('ssh-keyscan', args, { stdio: ['ignore', 'pipe', 'ignore'], signal: until });
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => {
    if (output.length < maxScanBytes) output += chunk.toString('utf8');
  });
  try {
    await once(child, 'close');
  } catch (cause) {
    signal.throwIfAborted();
    if (late.aborted) throw unreachable(address, noAnswer(timeoutMs), cause);
    throw unreachable(address, `ssh-keyscan: ${messageOf(cause)}`, cause);
  }
  const [, line] = /^\S+ (ssh-ed25519 [A-Za-z0-9+/=]+)\s*$/m.exec(output) ?? [];
  if (line === undefined) throw unreachable(address, 'no SSH host key is shown there');
  return line;
}
