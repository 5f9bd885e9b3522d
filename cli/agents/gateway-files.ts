/** Files of agents at a gateway, asked for and brought over the person's own ssh. */
import { once } from 'node:events';
import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { isErrorCode, TowlineError } from '../../core/errors.ts';
import { fieldsIn } from '../../core/json.ts';
import { gatewaySession, type SshAddress, spawnSession, sshCommand } from '../desk/gateway-session.ts';
import type { PackagedFile } from './package-folder.ts';

export interface AskedGateway {
  readonly repo: string;
  readonly address: SshAddress;
}

/** Of files that trusted main lists. */
export interface GatewayFiles {
  readonly here: ReadonlySet<string>;
  readonly missing: ReadonlySet<string>;
}

/** @throws TowlineError CLI_GATEWAY_UNREACHABLE, CLI_GATEWAY_REFUSED; what the gateway refuses it with; the signal's reason */
export async function filesAt({ repo, address }: AskedGateway, signal: AbortSignal): Promise<GatewayFiles> {
  const here = new Set<string>();
  const missing = new Set<string>();
  let isWhole = false;
  const onLine = (line: string) => {
    if (line.length > 1024) return;
    const { sha256, here: isHere, whole } = fieldsIn(Buffer.from(line));
    if (whole === true) isWhole = true;
    if (typeof sha256 === 'string') (isHere === true ? here : missing).add(sha256);
  };
  const command = await sshCommand(repo);
  const { code, complaint } = await gatewaySession(
    { address, command, run: 'towline-agents', onLine },
    signal,
  );
  signal.throwIfAborted();
  if (code !== 0 || !isWhole) throw refusal(address, complaint);
  return { here, missing };
}

/** @returns false: it had it. @throws as `filesAt` */
export async function bringFile(
  { repo, address }: AskedGateway,
  { sha256, path }: PackagedFile,
  signal: AbortSignal,
): Promise<boolean> {
  const command = await sshCommand(repo);
  const child = spawnSession({ address, command, run: `towline-agents ${sha256}` }, 'pipe', signal);
  const { stdin, stdout, stderr } = child;
  if (stdin === null || stdout === null || stderr === null) throw refusal(address, 'ssh does not start');
  const said = { out: '', complaint: '' };
  stdout.on('data', (chunk: Buffer) => {
    said.out = (said.out + chunk.toString('utf8')).slice(-1000);
  });
  stderr.on('data', (chunk: Buffer) => {
    said.complaint = (said.complaint + chunk.toString('utf8')).slice(-1000);
  });
  child.on('error', () => undefined);
  const closed = once(child, 'close').catch(() => undefined);
  // A gateway that has it, or does not want it, reads no further.
  await pipeline(createReadStream(path), stdin, { signal }).catch(() => undefined);
  await closed;
  signal.throwIfAborted();
  const { taken } = fieldsIn(Buffer.from(said.out.trim()));
  if (child.exitCode !== 0 || typeof taken !== 'boolean') throw refusal(address, said.complaint);
  return taken;
}

const refusedSigns = /Permission denied|Host key verification failed|IDENTIFICATION HAS CHANGED/;

function refusal({ host }: SshAddress, complaint: string): TowlineError {
  const [, code, message = ''] = /^towline: ([A-Z_]+) (.*)$/m.exec(complaint) ?? [];
  if (isErrorCode(code)) return new TowlineError(code, `${host}: ${message}`);
  const isOlder = /only git .*are served here/.test(complaint);
  const why = isOlder ? 'it is too old to keep agents' : complaint.trim() || 'the connection ended';
  const isRefused = isOlder || refusedSigns.test(complaint);
  return new TowlineError(isRefused ? 'CLI_GATEWAY_REFUSED' : 'CLI_GATEWAY_UNREACHABLE', `${host}: ${why}`);
}
