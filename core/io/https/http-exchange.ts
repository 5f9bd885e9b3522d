/** One request and its answer on a kept connection, within its limits of time and bytes. */

import type http from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { messageOf } from '../../errors/cause.ts';
import { isTowlineError, TowlineError } from '../../errors.ts';
import type { GatewayAddress } from '../../fleet/gateway-address.ts';
import type { DialRequest, DialResponse } from './dialler.ts';
import { nodeHttp } from './node-http.ts';

export interface Exchange {
  readonly gateway: GatewayAddress;
  readonly request: DialRequest;
  readonly pool: http.Agent;
}

/** An answer whose body need not be read. */
export interface ExchangeResponse extends DialResponse {
  discard(): void;
}

/** Bodies go out in pieces of this size, so that one large push does not sit in the socket's buffer. */
const pieceBytes = 64 * 1024;

/**
 * @throws TowlineError AGENT_GATEWAY_UNREACHABLE (before an answer began), AGENT_ANSWER_CUT, AGENT_ANSWER_TOO_LARGE;
 *   the signal's reason when aborted
 */
export async function exchange(what: Exchange, signal: AbortSignal): Promise<ExchangeResponse> {
  const { request } = what;
  const limit = new AbortController();
  const late = new TowlineError(
    'AGENT_ANSWER_CUT',
    `${request.path}: no whole answer within ${request.timeoutMs} ms`,
  );
  const timer = setTimeout(() => limit.abort(late), request.timeoutMs);
  const joined = AbortSignal.any([signal, limit.signal]);
  const finish = (): void => clearTimeout(timer);
  try {
    const response = await answered(what, joined);
    response.once('close', finish);
    const body = bounded(response, request, joined, finish);
    const discard = (): void => {
      finish();
      response.destroy();
    };
    return { status: response.statusCode ?? 0, headers: flatHeaders(response.headers), body, discard };
  } catch (error) {
    finish();
    throw error;
  }
}

async function answered(what: Exchange, signal: AbortSignal): Promise<http.IncomingMessage> {
  const once = isReplayable(what.request.body) ? 1 : 0;
  for (let stale = 0; ; stale += 1) {
    const sent = nodeHttp.request(requestOptions(what));
    const { idleTimeoutMs, path } = what.request;
    if (idleTimeoutMs !== undefined) {
      const silent = new TowlineError('AGENT_ANSWER_CUT', `${path}: silence for ${idleTimeoutMs} ms`);
      sent.setTimeout(idleTimeoutMs, () => {
        sent.destroy(silent);
      });
    }
    try {
      return await send(sent, what.request.body, signal);
    } catch (error) {
      signal.throwIfAborted();
      // The gateway closed a kept connection just as we used it: a fresh one will do.
      if (sent.reusedSocket && stale < once) continue;
      if (isTowlineError(error)) throw error;
      const message = `${what.gateway.address}: ${messageOf(error)}`;
      throw new TowlineError('AGENT_GATEWAY_UNREACHABLE', message, { cause: error, details: { sent: true } });
    }
  }
}

function send(
  request: http.ClientRequest,
  body: DialRequest['body'],
  signal: AbortSignal,
): Promise<http.IncomingMessage> {
  return new Promise((resolve, reject) => {
    const onAbort = (): void => {
      request.destroy(signal.reason);
    };
    if (signal.aborted) onAbort();
    signal.addEventListener('abort', onAbort, { once: true });
    request.on('close', () => {
      signal.removeEventListener('abort', onAbort);
      // An answer that nobody asked for (101) ends the request with neither an error nor a response.
      reject(new Error('the connection was closed without an answer'));
    });
    request.on('error', reject);
    request.on('response', resolve);
    if (body === undefined) request.end();
    else pipeline(Readable.from(isReplayable(body) ? pieces(body) : body), request).catch(reject);
  });
}

async function* bounded(
  response: http.IncomingMessage,
  request: DialRequest,
  signal: AbortSignal,
  finish: () => void,
): AsyncIterable<Uint8Array> {
  const chunks: AsyncIterable<Buffer> = response;
  let received = 0;
  try {
    for await (const chunk of chunks) {
      received += chunk.length;
      if (received > request.maxBytes) {
        const message = `${request.path}: the answer has more than ${request.maxBytes} bytes`;
        throw new TowlineError('AGENT_ANSWER_TOO_LARGE', message, {
          details: { maxBytes: request.maxBytes },
        });
      }
      yield chunk;
    }
  } catch (error) {
    if (isTowlineError(error)) throw error;
    signal.throwIfAborted();
    throw new TowlineError('AGENT_ANSWER_CUT', `${request.path}: the answer was cut off`, { cause: error });
  } finally {
    finish();
    response.destroy();
  }
}

function requestOptions({ gateway, request, pool }: Exchange): http.RequestOptions {
  const { body } = request;
  return {
    agent: pool,
    host: gateway.address,
    method: request.method,
    path: request.path,
    headers: {
      host: gateway.address,
      ...(body instanceof Uint8Array ? { 'content-length': String(body.length) } : {}),
      ...request.headers,
    },
  };
}

function isReplayable(body: DialRequest['body']): body is Uint8Array | undefined {
  return body === undefined || body instanceof Uint8Array;
}

function* pieces(body: Uint8Array | undefined): Iterable<Uint8Array> {
  if (body === undefined) return;
  for (let at = 0; at < body.length; at += pieceBytes) yield body.subarray(at, at + pieceBytes);
}

function flatHeaders(headers: http.IncomingHttpHeaders): Record<string, string> {
  const flat: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined) flat[name] = Array.isArray(value) ? value.join(', ') : value;
  }
  return flat;
}
