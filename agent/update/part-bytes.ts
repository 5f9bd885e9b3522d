/** The bytes of a part, on the disk: from a bundle that was carried here, else through the gateway, from where it was cut. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import type { AgentPart } from '../../core/agents/agent-version.ts';
import { isTowlineError, TowlineError } from '../../core/errors.ts';
import type { Clock } from '../../core/io/clock.ts';
import { makeFolderDurably } from '../../core/io/file/durable-file.ts';
import type { Dialler } from '../../core/io/https/dialler.ts';
import type { Log } from '../../core/log.ts';
import { GatewayBytes } from '../images/gateway-bytes.ts';
import { Throttle } from '../images/throttle.ts';

export interface PartSources {
  readonly dialler: Pick<Dialler, 'request'>;
  /** Where a bundle that is here has the bytes of this hash; undefined: none has. */
  readonly carried: (sha256: string) => string | undefined;
  readonly clock: Clock;
  readonly log: Pick<Log, 'info' | 'warn'>;
  /** Bytes in a second; undefined: as many as come. */
  readonly rateBytes: number | undefined;
}

/**
 * @param folder that takes what has come so far, under its hash
 * @returns the file: whole, and what root has listed
 * @throws TowlineError AGENT_UPDATE_MISSING, AGENT_UPDATE_BYTES, AGENT_REFUSED, AGENT_ANSWER; what the disk throws; the signal's reason
 */
export async function bringPart(
  part: AgentPart,
  folder: string,
  sources: PartSources,
  signal: AbortSignal,
): Promise<string> {
  await makeFolderDurably(folder);
  const file = path.join(folder, part.sha256);
  const has = (await stat(file).catch(() => undefined))?.size ?? 0;
  if (has > part.bytes) await rm(file, { force: true });
  const from = has > part.bytes ? 0 : has;
  if (from < part.bytes) await append(file, pieces(part, from, sources, signal));
  if ((await hashOf(file, signal)) === part.sha256) return file;
  await rm(file, { force: true });
  throw new TowlineError('AGENT_UPDATE_BYTES', `the part ${part.name} has not the hash ${part.sha256}`);
}

/** SHA-256, hexadecimal. */
export async function hashOf(file: string, signal: AbortSignal): Promise<string> {
  const hash = createHash('sha256');
  const bytes: AsyncIterable<Buffer> = createReadStream(file, { signal });
  for await (const piece of bytes) hash.update(piece);
  return hash.digest('hex');
}

async function append(file: string, bytes: AsyncIterable<Uint8Array>): Promise<void> {
  const handle = await open(file, 'a', 0o600);
  try {
    for await (const piece of bytes) await handle.writeFile(piece);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function* pieces(
  { name, sha256, bytes }: AgentPart,
  from: number,
  sources: PartSources,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  const carried = sources.carried(sha256);
  if (carried !== undefined) {
    yield* createReadStream(carried, { start: from, end: bytes - 1, signal });
    return;
  }
  const { dialler, clock, log } = sources;
  const throttle = new Throttle(clock);
  throttle.rateBytes = sources.rateBytes;
  const told = {
    info: (fields: object) => log.info({ ...fields, part: name }, 'a part of the agent is waited for'),
  };
  const gateway = new GatewayBytes({
    dialler,
    clock,
    throttle,
    log: { ...log, ...told },
    onAlive: () => undefined,
  });
  try {
    yield* gateway.read({ path: `/agents/sha256/${sha256}`, from, to: bytes }, signal);
  } catch (error) {
    throw signal.aborted ? signal.reason : named(error, name);
  }
}

/** What images have words for is said of a part. */
function named(error: unknown, part: string): unknown {
  if (!isTowlineError(error) || !error.code.startsWith('ENGINE_')) return error;
  const { code, message } = error;
  if (code === 'ENGINE_IMAGE_NOT_FOUND')
    return new TowlineError('AGENT_UPDATE_MISSING', `the gateway has not got the part ${part}`, {
      cause: error,
    });
  if (code === 'ENGINE_REGISTRY_DENIED') return new TowlineError('AGENT_REFUSED', message, { cause: error });
  return new TowlineError('AGENT_ANSWER', message, { cause: error });
}
