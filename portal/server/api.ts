/** The API: who asks, whether they may, within bounds; then the endpoint answers. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { addressGroup } from '../../core/address-group.ts';
import { TowlineError } from '../../core/errors.ts';
import { type Endpoint, EndpointTable } from './endpoint.ts';
import { Exchange } from './exchange.ts';
import type { Login } from './login.ts';
import { Places } from './places.ts';
import { readJson } from './request-body.ts';
import { assertBytes, assertJson, assertOwnPage, assertOwnRead, assertToken } from './request-check.ts';
import type { RequestTarget } from './request-target.ts';

export interface ApiOptions {
  readonly endpoints: readonly Endpoint[];
  /** Who sends this. */
  readonly loginOf: (request: IncomingMessage) => Login | undefined;
  /** Of the page: exact. */
  readonly origin: () => string;
}

export interface Asked {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly target: RequestTarget;
  readonly from: string;
  /** The connection is gone, or the program ends. */
  readonly signal: AbortSignal;
  /** The answer goes on: nobody waits for its end; with a time, for so long, milliseconds. */
  readonly lasts: (forMs?: number) => void;
}

/** Answers that somebody has not read to their end yet: what one who reads nothing can hold here. */
const answerLimits = { ofOne: 24, inAll: 384 } as const;
/** Of those who are not logged in, by address: they take no place of who is. */
const strangersLimits = { ofOne: 24, inAll: 128 } as const;
const busyForSec = 2;

export class Api {
  readonly #options: ApiOptions;
  readonly #table: EndpointTable<Endpoint>;
  readonly #places = new Places(answerLimits);
  readonly #strangers = new Places(strangersLimits);

  constructor(options: ApiOptions) {
    this.#options = options;
    this.#table = new EndpointTable(options.endpoints);
  }

  /** Answers under way. */
  get size(): number {
    return this.#places.size + this.#strangers.size;
  }

  /** @returns who asked, where that is known @throws TowlineError PORTAL_…, and as the endpoint does */
  async answer(asked: Asked): Promise<Login | undefined> {
    const { request, target } = asked;
    const found = this.#table.at(target);
    if (found.length === 0) throw new TowlineError('PORTAL_NOT_FOUND', 'there is nothing at this address');
    const method = request.method === 'HEAD' ? 'GET' : request.method;
    const match = found.find(({ one }) => one.method === method);
    if (match === undefined) throw new TowlineError('PORTAL_METHOD', 'not with this method');
    const { one: endpoint, parameters } = match;
    const login = this.#options.loginOf(request);
    this.#check(endpoint, request, login);
    const leave = endpoint.lasting === true ? undefined : this.#enter(asked, login);
    if (endpoint.lasting === true) asked.lasts();
    try {
      const isJson = endpoint.method !== 'GET' && endpoint.bytes !== true;
      const body = isJson ? await readJson(request) : undefined;
      const signal = login === undefined ? asked.signal : AbortSignal.any([asked.signal, login.signal]);
      // A body that came slowly: their login may have ended since.
      signal.throwIfAborted();
      await endpoint.answer(new Exchange({ ...asked, parameters, login, body, signal }));
      return login;
    } finally {
      if (leave !== undefined && asked.response.writableFinished) leave();
    }
  }

  #check(
    { method, open, navigated, bytes }: Endpoint,
    { headers }: IncomingMessage,
    login: Login | undefined,
  ): void {
    const origin = this.#options.origin();
    if (method !== 'GET') {
      assertOwnPage(headers, origin);
      if (bytes === true) assertBytes(headers);
      else assertJson(headers);
    } else if (navigated !== true) assertOwnRead(headers, origin);
    if (open === true) return;
    if (login === undefined) throw new TowlineError('PORTAL_LOGIN_NEEDED', 'nobody is logged in');
    if (method !== 'GET' && login.csrf !== undefined) assertToken(headers, login.csrf);
  }

  /** Until the answer is read, or its connection is gone. */
  #enter({ response, from }: Asked, login: Login | undefined): () => void {
    const leave =
      login === undefined
        ? this.#strangers.take(addressGroup(from))
        : this.#places.take(`login ${login.viewer.name}`);
    if (leave === undefined) {
      const details = { retryAfterSec: busyForSec };
      throw new TowlineError('PORTAL_BUSY', 'as many answers as may be are under way', { details });
    }
    response.once('close', leave);
    return leave;
  }
}
