/**
 * `POST /v1/webhook/{github,gitlab,gitea}`: the forge says that something happened. All it can bring about is a look at
 * the forge, which the interval brings about anyway: what the body says is hashed and never read, and a webhook that
 * is sent again does no harm.
 */
import { readFile } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { type ErrorCode, errorRegistry, TowlineError } from '../../core/errors.ts';
import type { Clock } from '../../core/io/clock.ts';
import { shownJson } from '../../core/shown-text.ts';
import type { Audit } from '../admission/audit.ts';
import { RateLimiter } from '../limits/device-limits.ts';
import type { PlainRoute } from '../plain-port/plain-route.ts';
import { type ForgeKind, forgeKinds, webhookCheck } from './webhook-signature.ts';

export interface WebhookDeskOptions {
  readonly secretFile: string;
  readonly wake: () => void;
  readonly audit: Audit;
  readonly clock: Clock;
}

/** GitHub sends up to 25 MB; nothing of it is kept. */
const maxBodyBytes = 25 * 1024 * 1024;
/** Of all senders together: behind a reverse proxy they are one. */
const perMinute = 120;
const minSecretBytes = 16;
const maxSecretBytes = 4096;

export class WebhookDesk {
  readonly #options: WebhookDeskOptions;
  readonly #limit: RateLimiter;
  #taken = 0;
  #refused = 0;

  /** @throws TowlineError GATEWAY_CONFIG_INVALID when there is no usable secret. */
  static async open(options: WebhookDeskOptions): Promise<WebhookDesk> {
    await readSecret(options.secretFile);
    return new WebhookDesk(options);
  }

  private constructor(options: WebhookDeskOptions) {
    this.#options = options;
    this.#limit = new RateLimiter(perMinute, options.clock);
  }

  get taken(): number {
    return this.#taken;
  }

  get refused(): number {
    return this.#refused;
  }

  readonly routes: readonly PlainRoute[] = forgeKinds.map(kind => ({
    method: 'any',
    path: `/v1/webhook/${kind}`,
    anyQuery: true,
    handle: (request, response) => {
      this.#answer(kind, request, response).catch(() => response.destroy());
    },
  }));

  async #answer(kind: ForgeKind, request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (request.method !== 'POST') return refuse(response, 405, 'GATEWAY_REQUEST_MALFORMED', 'POST only');
    const waitSec = this.#limit.take('webhook');
    if (waitSec > 0) {
      response.setHeader('retry-after', String(waitSec));
      return refuse(response, 429, 'GATEWAY_RATE_LIMITED', 'too many webhooks');
    }
    const check = webhookCheck(kind, request.headers, await readSecret(this.#options.secretFile));
    let bytes = 0;
    const chunks: AsyncIterable<Buffer> = request;
    for await (const chunk of chunks) {
      bytes += chunk.length;
      if (bytes > maxBodyBytes) {
        return refuse(response, 413, 'GATEWAY_REQUEST_TOO_LARGE', `over ${maxBodyBytes} bytes`);
      }
      check.update(chunk);
    }
    if (!check.isGood()) return this.#refuse(kind, request, response);
    this.#taken += 1;
    this.#options.wake();
    response.writeHead(202, { 'content-type': 'application/json' }).end('{"ok":true}\n');
  }

  #refuse(kind: ForgeKind, request: IncomingMessage, response: ServerResponse): void {
    const message = 'the signature does not fit';
    const from = request.socket.remoteAddress;
    this.#refused += 1;
    this.#options.audit.write({
      action: `webhook ${kind}`,
      outcome: 'refused',
      code: 'GATEWAY_WEBHOOK_REFUSED',
      message,
      ...(from === undefined ? {} : { from }),
    });
    refuse(
      response,
      errorRegistry.GATEWAY_WEBHOOK_REFUSED.httpStatus ?? 403,
      'GATEWAY_WEBHOOK_REFUSED',
      message,
    );
  }
}

/** On a port of its own: what is no webhook. */
export function noWebhook(_request: IncomingMessage, response: ServerResponse): void {
  response.writeHead(404, { connection: 'close' }).end();
}

/** Read each time: a new secret counts from the moment it is in its file. */
async function readSecret(path: string): Promise<string> {
  const text = await readFile(path, 'utf8').catch((cause: unknown) => {
    throw new TowlineError('GATEWAY_CONFIG_INVALID', `upstream.webhookSecretFile: ${path} cannot be read`, {
      cause,
    });
  });
  const secret = text.replace(/\r?\n$/, '');
  if (secret.length < minSecretBytes || secret.length > maxSecretBytes) {
    throw new TowlineError(
      'GATEWAY_CONFIG_INVALID',
      `upstream.webhookSecretFile: not ${minSecretBytes} to ${maxSecretBytes} characters`,
    );
  }
  return secret;
}

/** What was not read of the body is not waited for. */
function refuse(response: ServerResponse, status: number, code: ErrorCode, message: string): void {
  response.writeHead(status, { 'content-type': 'application/json', connection: 'close' });
  response.end(`${shownJson({ code, message })}\n`);
}
