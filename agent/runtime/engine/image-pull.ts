/** Pulling an image: its stream is followed to the end, and its errors are read. */
import { type ErrorCode, TowlineError } from '../../../core/errors.ts';
import { formatBytes } from '../../../core/plan/quantity.ts';
import type { OpenPull } from '../../images/image-endpoint.ts';
import type { RegistryCredentials } from '../../secrets/opened-secrets.ts';
import { readLine } from './answer-shape.ts';
import { engineLines } from './engine-lines.ts';
import { engineInfo } from './engine-machine.ts';
import { adopt, pullRequest, registryOf, type ThroughGateway, wantsTls } from './gateway-pull.ts';
import { Progress, pullEvent } from './pull-progress.ts';
import type { RunContext } from './run-context.ts';

/** An image, and the app that it is for. */
export interface Wanted {
  readonly project: string;
  readonly image: string;
  readonly platform: string | undefined;
  /** Undefined: from where it is. */
  readonly through: ThroughGateway | undefined;
}

/** By which name the engine pulls it, and with which login. */
interface From {
  readonly reference: string;
  readonly credentials: RegistryCredentials;
  /** By Podman's own interface: only there TLS can be left out. */
  readonly isPodman?: true;
  /** Of what comes through the gateway all is known from its manifest on. */
  readonly grant?: OpenPull['grant'];
}

const codes: readonly (readonly [RegExp, ErrorCode])[] = [
  [/no space left on device/i, 'ENGINE_DISK_FULL'],
  [/unauthorized|access denied|authentication required|no basic auth|denied:/i, 'ENGINE_REGISTRY_DENIED'],
  [/manifest unknown|not found|no matching manifest|does not exist/i, 'ENGINE_IMAGE_NOT_FOUND'],
];

function pullError(image: string, message: string, cause?: unknown): TowlineError {
  const code = codes.find(([pattern]) => pattern.test(message))?.[1] ?? 'ENGINE_REGISTRY_UNREACHABLE';
  return new TowlineError(code, `${image} cannot be pulled: ${message}`, { cause, details: { image } });
}

/** @throws TowlineError ENGINE_DISK_FULL */
async function checkSpace(context: RunContext, folder: string | undefined, image: string): Promise<void> {
  if (folder === undefined) return;
  const free = await context.settings.freeSpace(folder);
  const least = context.settings.minimumFreeBytes;
  // Where nobody can see it, the pull itself must say it.
  if (free === undefined || free >= least) return;
  throw new TowlineError(
    'ENGINE_DISK_FULL',
    `${formatBytes(free)} are free in ${folder}, ${formatBytes(least)} are needed before a pull`,
    { details: { image, free, least } },
  );
}

async function credentialsFor({ secrets }: RunContext, image: string): Promise<RegistryCredentials> {
  const known = await secrets.loginFor(registryOf(image));
  // Engines before 24 refuse a pull without the header's JSON.
  return known ?? { username: '', password: '', serveraddress: '' };
}

/**
 * Pulls `image`, or finds it on the engine.
 * @throws TowlineError ENGINE_DISK_FULL, ENGINE_REGISTRY_UNREACHABLE, ENGINE_REGISTRY_DENIED,
 *   ENGINE_IMAGE_NOT_FOUND, ENGINE_PULL_TIMEOUT, ENGINE_UNREACHABLE, SECRET_REGISTRY_CREDENTIALS
 */
export async function pullImage(context: RunContext, wanted: Wanted, signal: AbortSignal): Promise<void> {
  const { project, image } = wanted;
  const { engine, settings, log } = context;
  const info = await engine.call({ method: 'GET', path: '/info', answer: engineInfo }, signal);
  await checkSpace(context, info.DockerRootDir, image);
  const idle = new AbortController();
  const either = AbortSignal.any([signal, idle.signal]);
  let timer: NodeJS.Timeout | undefined;
  const alive = () => {
    clearTimeout(timer);
    // Another layer may come a moment after it is over.
    if (!idle.signal.aborted) timer = setTimeout(() => idle.abort(), settings.pullIdleMs);
  };
  alive();
  const refused = new AbortController();
  const refuse = ({ code, message, details }: TowlineError) => {
    const said = `${image} cannot be pulled through the gateway: ${message}`;
    refused.abort(new TowlineError(code, said, { details: { ...details, image } }));
  };
  try {
    await bring(context, wanted, { alive, refuse }, AbortSignal.any([either, refused.signal]));
  } catch (error) {
    signal.throwIfAborted();
    if (refused.signal.aborted) throw refused.signal.reason;
    if (idle.signal.aborted) {
      const seconds = Math.round(settings.pullIdleMs / 1000);
      throw new TowlineError('ENGINE_PULL_TIMEOUT', `${image}: no progress for ${seconds} s`, {
        cause: error,
        details: { image },
      });
    }
    throw refusal(image, error);
  } finally {
    clearTimeout(timer);
    idle.abort();
    context.onPull({ project, image, layers: 0, bytes: 0, totalBytes: 0, over: true });
  }
  log.info({ project, image }, 'image pulled');
}

function refusal(image: string, error: unknown): unknown {
  if (!(error instanceof TowlineError)) {
    return new TowlineError('ENGINE_UNREACHABLE', `the engine went away while it pulled ${image}`, {
      cause: error,
    });
  }
  return error.code === 'ENGINE_REFUSED' ? pullError(image, error.message, error) : error;
}

interface Ears {
  readonly alive: () => void;
  readonly refuse: (error: TowlineError) => void;
}

async function bring(
  context: RunContext,
  wanted: Wanted,
  { alive, refuse }: Ears,
  signal: AbortSignal,
): Promise<void> {
  const { image, through } = wanted;
  if (through === undefined) {
    const credentials = await credentialsFor(context, image);
    return await follow(context, { ...wanted, from: { reference: image, credentials } }, alive, signal);
  }
  const { source, tagged, ...which } = through;
  await using pull = await source.open({ ...which, onAlive: alive, onRefused: refuse });
  try {
    await follow(context, { ...wanted, from: pull }, alive, signal);
  } catch (error) {
    if (!wantsTls(error)) throw error;
    await follow(context, { ...wanted, from: { ...pull, isPodman: true } }, alive, signal);
  }
  await adopt(context, { image, tagged }, pull, signal);
}

async function follow(
  context: RunContext,
  wanted: Wanted & { readonly from: From },
  alive: () => void,
  signal: AbortSignal,
): Promise<void> {
  const { image, platform, from } = wanted;
  const stream = await context.engine.stream(
    { method: 'POST', ...pullRequest(from, platform), credentials: from.credentials },
    signal,
  );
  const onAbort = () => stream.destroy(new Error('aborted'));
  signal.addEventListener('abort', onAbort, { once: true });
  const failed = new Promise<never>((_, reject) => stream.once('error', reject));
  failed.catch(() => undefined);
  const progress = new Progress();
  const read = async () => {
    for await (const line of engineLines(stream)) {
      alive();
      if (line.trim() === '') continue;
      const event = readLine(line, pullEvent);
      if (event === undefined) continue;
      if (event.error !== undefined) throw pullError(image, event.error);
      if (event.status === 'Already exists') from.grant?.isThere(event.id ?? '');
      progress.add(event);
      progress.log(context, wanted, from.grant?.progress);
    }
  };
  try {
    await Promise.race([read(), failed]);
    signal.throwIfAborted();
    // The stream may end without a word when the engine goes away: what counts is that the image is there.
    await context.engine.call({ method: 'GET', path: `/images/${from.reference}/json` }, signal);
  } finally {
    signal.removeEventListener('abort', onAbort);
    stream.destroy();
  }
}
