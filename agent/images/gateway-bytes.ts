/**
 * Bytes of images from the gateway. A connection that is cut is made again, at this gateway or another one, and goes on where
 * it was: for as long as the pull lasts, and nothing comes twice.
 */
import { messageOf } from '../../core/errors/cause.ts';
import { isTowlineError, TowlineError } from '../../core/errors.ts';
import type { Clock } from '../../core/io/clock.ts';
import type { Dialler, DialResponse } from '../../core/io/https/dialler.ts';
import { fieldsOf, readFields } from '../../core/json.ts';
import type { Log } from '../../core/log.ts';
import { Pace } from './pace.ts';
import type { Throttle } from './throttle.ts';

export interface GatewayBytesOptions {
  readonly dialler: Pick<Dialler, 'request'>;
  readonly clock: Clock;
  readonly throttle: Throttle;
  readonly log: Pick<Log, 'info' | 'warn'>;
  /** Told whenever something has come, or is waited for once more: the pull goes on. */
  readonly onAlive: () => void;
}

export interface BytesWanted {
  readonly path: string;
  readonly from: number;
  /** Not part of it. */
  readonly to: number;
}

/** One answer: a layer of many gigabytes over a thin line. */
const longestMs = 24 * 60 * 60_000;
/** Silence after which a connection counts as cut. A gateway that waits for the whole of a layer is silent, too. */
const silenceMs = 45_000;
const firstPauseMs = 500;
const longestPauseMs = 30_000;
/** Answers that may be others later (the registry behind it is down): so often in a row. */
const maxLater = 6;
/** Answers that come too slowly: so often in a row, each time at another gateway where there is one. */
const maxSlow = 6;
const maxRefusalBytes = 64 * 1024;

/** Why an image is not to be had through the gateway. @param status that it answered */
export function refusedImage(status: number, message: string): TowlineError {
  if (status === 403) return new TowlineError('ENGINE_REGISTRY_DENIED', message);
  if (status === 404) return new TowlineError('ENGINE_IMAGE_NOT_FOUND', message);
  return new TowlineError('ENGINE_REGISTRY_UNREACHABLE', message, { details: { status } });
}

export class GatewayBytes {
  readonly #options: GatewayBytesOptions;
  /** Answers in a row that were too slow. */
  #slow = 0;

  constructor(options: GatewayBytesOptions) {
    this.#options = options;
  }

  /** @throws TowlineError ENGINE_REGISTRY_DENIED, ENGINE_IMAGE_NOT_FOUND, ENGINE_REGISTRY_UNREACHABLE; the signal's reason */
  async whole(path: string, maxBytes: number, signal: AbortSignal): Promise<Buffer> {
    return await this.#again(signal, async () => {
      const pieces: Uint8Array[] = [];
      const response = await this.#ask({ path, maxBytes }, {}, signal);
      for await (const piece of this.#paced(response, path)) pieces.push(piece);
      return Buffer.concat(pieces);
    });
  }

  /** Leaves a gateway that sends too slowly. @throws TowlineError AGENT_ANSWER_CUT; what the body throws */
  async *#paced({ body, leave }: DialResponse, path: string): AsyncGenerator<Uint8Array> {
    const { clock, throttle } = this.#options;
    const pace = new Pace(clock, throttle.rateBytes);
    const pieces = body[Symbol.asyncIterator]();
    try {
      for (
        let next = await pace.next(pieces, path);
        next.done !== true;
        next = await pace.next(pieces, path)
      ) {
        if (pace.wasGood) this.#slow = 0;
        yield next.value;
      }
    } catch (error) {
      if (!isTowlineError(error) || error.details.slow !== true) throw error;
      leave?.();
      this.#slow += 1;
      if (this.#slow < maxSlow) throw error;
      throw new TowlineError('ENGINE_REGISTRY_UNREACHABLE', error.message, { cause: error });
    } finally {
      await pieces.return?.();
    }
  }

  /** @throws as `whole` */
  async *read({ path, from, to }: BytesWanted, signal: AbortSignal): AsyncGenerator<Uint8Array> {
    const { throttle, onAlive } = this.#options;
    let at = from;
    const open = (): Promise<DialResponse> =>
      this.#again(signal, async () => {
        const isPart = at > 0;
        const headers = isPart ? { range: `bytes=${at}-${to - 1}` } : {};
        const response = await this.#ask({ path, maxBytes: to - at }, headers, signal);
        if (isPart !== (response.status === 206))
          throw refusedImage(502, `${path}: not the part that was asked for`);
        return response;
      });
    let failures = 0;
    while (at < to) {
      const response = await open();
      try {
        for await (const piece of this.#paced(response, path)) {
          await throttle.take(piece.length, signal);
          at += piece.length;
          // Who sends more once does so again.
          if (at > to)
            throw new TowlineError('ENGINE_REGISTRY_UNREACHABLE', `${path}: more than its ${to} bytes`);
          failures = 0;
          onAlive();
          yield piece;
        }
        if (at < to) throw new TowlineError('AGENT_ANSWER_CUT', `${path}: it ended at ${at} of ${to} bytes`);
      } catch (error) {
        failures += 1;
        await this.#pause(error, failures, signal);
      }
    }
  }

  /** Until there is an answer that says something. */
  async #again<Result>(signal: AbortSignal, attempt: () => Promise<Result>): Promise<Result> {
    for (let failures = 1; ; failures += 1) {
      try {
        return await attempt();
      } catch (error) {
        const isLast = isTowlineError(error, 'ENGINE_REGISTRY_UNREACHABLE') && failures >= maxLater;
        if (isLast) throw error;
        await this.#pause(error, failures, signal);
      }
    }
  }

  /** @throws the error, where another try would come to the same */
  async #pause(error: unknown, failures: number, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    const { clock, log, onAlive } = this.#options;
    const isCut =
      isTowlineError(error, 'AGENT_ANSWER_CUT') || isTowlineError(error, 'AGENT_GATEWAY_UNREACHABLE');
    const status = isTowlineError(error) ? error.details.status : undefined;
    const isLater = typeof status === 'number' && (status === 429 || status >= 500);
    if (!isCut && !isLater) throw error;
    const pauseMs = Math.min(longestPauseMs, firstPauseMs * 2 ** Math.min(failures - 1, 10));
    log.info({ error: messageOf(error), pauseMs }, 'an image is waited for');
    onAlive();
    await clock.sleep(pauseMs, signal);
    onAlive();
  }

  async #ask(
    { path, maxBytes }: { readonly path: string; readonly maxBytes: number },
    headers: Readonly<Record<string, string>>,
    signal: AbortSignal,
  ): Promise<DialResponse> {
    const bounds = {
      timeoutMs: longestMs,
      idleTimeoutMs: silenceMs,
      maxBytes: Math.max(maxBytes, maxRefusalBytes),
    };
    const response = await this.#options.dialler.request({ method: 'GET', path, headers, ...bounds }, signal);
    const { status } = response;
    if (status === 200 || status === 206) return response;
    throw refusedImage(status, `the gateway answers ${status}: ${await saidBy(response)}`);
  }
}

/** What a refusal says: of a registry's form, or of the gateway's own. */
async function saidBy({ body }: DialResponse): Promise<string> {
  const pieces: Uint8Array[] = [];
  for await (const piece of body) pieces.push(piece);
  const text = Buffer.concat(pieces).toString('utf8');
  try {
    const said = readFields(text);
    const first = fieldsOf(Array.isArray(said.errors) ? said.errors[0] : said);
    const code = fieldsOf(first.detail).code ?? first.code;
    return `${String(code).slice(0, 100)}: ${String(first.message).slice(0, 300)}`;
  } catch {
    return text.slice(0, 300);
  }
}
