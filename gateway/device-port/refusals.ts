/** How a request of a device is told that it did not get what it asked for. */
import type { FastifyReply, FastifyRequest } from 'fastify';
import { errorRegistry, type TowlineError } from '../../core/errors.ts';
import type { Clock } from '../../core/io/clock.ts';
import { asTowlineError } from './refusal.ts';
import type { RequestRate } from './request-rate.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The body of a refusal, where its clients know another form than ours. */
    readonly refusal?: (error: TowlineError, path: string) => object;
  }
}

function refusalBody(error: TowlineError, { routeOptions, url }: FastifyRequest): object {
  const { code, message } = error;
  return routeOptions.config.refusal?.(error, url) ?? { code, message };
}

const pauseMs = 1000;

export class Refusals {
  readonly #clock: Clock;
  readonly #rate: RequestRate;

  constructor(clock: Clock, rate: RequestRate) {
    this.#clock = clock;
    this.#rate = rate;
  }

  async answer(error: unknown, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    const known = asTowlineError(error);
    const status = errorRegistry[known.code].httpStatus ?? 500;
    if (status >= 500) request.log.error({ err: error, device: request.device }, 'request failed');
    // A body that was not read to its end cannot be followed by another request. Whoever then comes again at once costs a
    // handshake each time: the answer waits a little, and until then nothing more is read.
    if (!request.raw.complete || this.#rate.hasEnded(request.raw.socket)) {
      reply.header('connection', 'close');
      await this.#pause(reply);
    }
    const { retryAfterSec } = known.details;
    if (typeof retryAfterSec === 'number') reply.header('retry-after', String(retryAfterSec));
    return reply.code(status).header('content-type', 'application/json').send(refusalBody(known, request));
  }

  /** Until the client is gone, at the longest. */
  async #pause(reply: FastifyReply): Promise<void> {
    const gone = new AbortController();
    reply.raw.once('close', () => gone.abort());
    await this.#clock.sleep(pauseMs, gone.signal).catch(() => {});
  }
}
