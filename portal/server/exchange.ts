/** One request of the API, and the answer to it. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { errorRegistry, isTowlineError, TowlineError } from '../../core/errors.ts';
import type { Login } from './login.ts';
import { hashOf, sendPacked } from './packed-answer.ts';
import type { RequestTarget } from './request-target.ts';
import { apiHeaders } from './security-headers.ts';

/** What the address names. */
export type Parameters = Readonly<Record<string, string>>;

export interface ExchangeParts {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly target: RequestTarget;
  readonly parameters: Parameters;
  /** Address of the peer; behind a proxy on this machine, whom that names. */
  readonly from: string;
  /** Undefined at endpoints that are open to all alone. */
  readonly login: Login | undefined;
  /** What was sent: JSON. */
  readonly body: unknown;
  /** The reader is gone, their login has ended, or the program ends. */
  readonly signal: AbortSignal;
  /** The answer goes on: nobody waits for its end; with a time, for so long, milliseconds. */
  readonly lasts: (forMs?: number) => void;
}

export interface JsonAnswer {
  readonly status?: number;
  /** Besides those that every answer has. */
  readonly headers?: Readonly<Record<string, string | string[]>>;
  /** The same as long as the value is. Absent: it is hashed. */
  readonly version?: string;
}

const jsonType = 'application/json; charset=utf-8';

export class Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly target: RequestTarget;
  readonly parameters: Parameters;
  readonly from: string;
  readonly login: Login | undefined;
  readonly body: unknown;
  readonly signal: AbortSignal;
  readonly lasts: (forMs?: number) => void;

  constructor(parts: ExchangeParts) {
    this.request = parts.request;
    this.response = parts.response;
    this.target = parts.target;
    this.parameters = parts.parameters;
    this.from = parts.from;
    this.login = parts.login;
    this.body = parts.body;
    this.signal = parts.signal;
    this.lasts = parts.lasts;
  }

  /** @throws TowlineError PORTAL_LOGIN_NEEDED */
  get viewer(): Login['viewer'] {
    if (this.login === undefined) throw new TowlineError('PORTAL_LOGIN_NEEDED', 'nobody is logged in');
    return this.login.viewer;
  }

  async json(value: unknown, answer: JsonAnswer = {}): Promise<void> {
    await this.madeJson(JSON.stringify(value), answer);
  }

  /** What is JSON already. */
  async madeJson(text: string, { status = 200, headers = {}, version }: JsonAnswer = {}): Promise<void> {
    const bytes = Buffer.from(text);
    const tag = status === 200 && this.request.method !== 'POST' ? (version ?? hashOf(bytes)) : undefined;
    const named = { ...apiHeaders, ...headers };
    await sendPacked(this.request, this.response, { status, type: jsonType, bytes, headers: named, tag });
  }

  nothing(headers: JsonAnswer['headers'] = {}): void {
    this.response.writeHead(204, { ...apiHeaders, ...headers }).end();
  }

  /** @param address trusted: of this page, or of the provider that is set up */
  goTo(address: string, cookies: string[]): void {
    this.response.writeHead(303, { ...apiHeaders, location: address, 'set-cookie': cookies }).end();
  }
}

/** What went wrong in here, not with what was asked: its words may name files of this machine, or what a program said. */
export function isOfTheInside(error: unknown): boolean {
  if (!isTowlineError(error)) return true;
  const { code } = error;
  const { httpStatus = 400 } = errorRegistry[code];
  return httpStatus >= 500 && !code.startsWith('PORTAL_');
}

/** Of what is of the inside, its code is told, and what that means. */
export function sendError(response: ServerResponse, error: unknown): number {
  if (response.headersSent || response.destroyed) {
    response.destroy();
    return 0;
  }
  // What it has still to send is not waited for.
  if (!response.req.complete) response.shouldKeepAlive = false;
  const { code, message, position, details } = isTowlineError(error)
    ? error
    : new TowlineError('PORTAL_FAILED', 'the request could not be answered');
  const { cause, remedy, httpStatus: status = 400 } = errorRegistry[code];
  const words = isOfTheInside(error) ? cause : message;
  // A page has no verb whose examples would help.
  const help = code === 'CLI_USAGE' ? {} : { remedy };
  const bytes = Buffer.from(
    JSON.stringify({
      error: { code, message: words, ...help, ...(position === undefined ? {} : { position }) },
    }),
  );
  if (typeof details.retryAfterSec === 'number') response.setHeader('retry-after', details.retryAfterSec);
  response.writeHead(status, {
    ...apiHeaders,
    'content-type': jsonType,
    'content-length': bytes.length,
  });
  response.end(bytes);
  return status;
}
