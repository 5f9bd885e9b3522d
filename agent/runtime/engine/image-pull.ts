/** Pulling an image: its stream is followed to the end, and its errors are read. */
import { type ErrorCode, TowlineError } from '../../../core/errors.ts';
import { formatBytes } from '../../../core/plan/quantity.ts';
import type { RegistryCredentials } from '../../secrets/opened-secrets.ts';
import { members, number, optional, readLine, type Shape, text } from './answer-shape.ts';
import { engineLines } from './engine-lines.ts';
import { engineInfo } from './engine-machine.ts';
import type { RunContext } from './run-context.ts';

interface PullEvent {
  readonly id?: string | undefined;
  readonly status?: string | undefined;
  readonly error?: string | undefined;
  readonly progressDetail?:
    | { readonly current?: number | undefined; readonly total?: number | undefined }
    | undefined;
}

const pullEvent: Shape<PullEvent> = members<PullEvent>({
  id: optional(text),
  status: optional(text),
  error: optional(text),
  progressDetail: optional(members({ current: optional(number), total: optional(number) })),
});

/** An image, and the app that it is for. */
export interface Wanted {
  readonly project: string;
  readonly image: string;
  readonly platform: string | undefined;
}

/** No image has more; an engine that makes up names fills no memory. */
const maxLayers = 1024;
/** Layers are logged at most this often, milliseconds. */
const progressEveryMs = 2_000;

/** "registry.example.com:5000" of a reference; Docker's own where it names none. */
export function registryOf(reference: string): string {
  const [first = '', ...rest] = reference.split('/');
  const named = rest.length > 0 && (/[.:]/.test(first) || first === 'localhost');
  return named ? first : 'docker.io';
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

/** Sums up layers; one line in the log now and then. */
class Progress {
  readonly #layers = new Map<string, { current: number; total: number }>();
  #loggedMs = Number.NEGATIVE_INFINITY;

  add(event: PullEvent): void {
    const { current, total } = event.progressDetail ?? {};
    if (event.id === undefined || total === undefined || event.status !== 'Downloading') return;
    if (this.#layers.size >= maxLayers && !this.#layers.has(event.id)) return;
    this.#layers.set(event.id, { current: current ?? 0, total });
  }

  log(context: RunContext, { project, image }: Wanted): void {
    const nowMs = context.clock.monotonic();
    if (nowMs - this.#loggedMs < progressEveryMs) return;
    this.#loggedMs = nowMs;
    const layers = [...this.#layers.values()];
    const bytes = layers.reduce((sum, { current }) => sum + current, 0);
    const total = layers.reduce((sum, layer) => sum + layer.total, 0);
    const progress = { project, image, layers: layers.length, bytes, totalBytes: total };
    context.log.info(progress, 'pulling image');
    context.onPull(progress);
  }
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
    timer = setTimeout(() => idle.abort(), settings.pullIdleMs);
  };
  alive();
  try {
    await follow(context, wanted, alive, either);
  } catch (error) {
    signal.throwIfAborted();
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

async function follow(
  context: RunContext,
  wanted: Wanted,
  alive: () => void,
  signal: AbortSignal,
): Promise<void> {
  const { image, platform } = wanted;
  const stream = await context.engine.stream(
    {
      method: 'POST',
      path: '/images/create',
      query: { fromImage: image, ...(platform === undefined ? {} : { platform }) },
      credentials: await credentialsFor(context, image),
    },
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
      progress.add(event);
      progress.log(context, wanted);
    }
  };
  try {
    await Promise.race([read(), failed]);
    signal.throwIfAborted();
    // The stream may end without a word when the engine goes away: what counts is that the image is there.
    await context.engine.call({ method: 'GET', path: `/images/${image}/json` }, signal);
  } finally {
    signal.removeEventListener('abort', onAbort);
    stream.destroy();
  }
}
