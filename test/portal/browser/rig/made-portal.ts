/** The real server of the portal with answers that are made: what a device, a commit or a log could never be made to say in time. */
import type { AddressInfo } from 'node:net';
import { loadAssets } from '../../../../portal/assets.ts';
import type { Endpoint } from '../../../../portal/server/endpoint.ts';
import type { Login } from '../../../../portal/server/login.ts';
import { PortalServer } from '../../../../portal/server/portal-server.ts';
import { describedRequests, type MadeAnswers } from './made-answer.ts';

const silent = { debug() {}, info() {}, warn() {}, error() {} };

/** Of the page, for all servers of a file of tests. */
const assets = loadAssets();

export interface MadePortalOptions {
  readonly answers: MadeAnswers;
  /** Instead of what is made, by method and template: `GET /me`. A function is asked with the query. */
  readonly instead?: Readonly<Record<string, unknown>>;
  /** Undefined: nobody is logged in. */
  readonly person?: 'nobody';
}

export class MadePortal implements AsyncDisposable {
  readonly origin: string;
  readonly #server: PortalServer;

  static async open(options: MadePortalOptions): Promise<MadePortal> {
    let origin = '';
    const server = new PortalServer({
      endpoints: describedRequests().map(({ method, template }) => endpoint(method, template, options)),
      upgrades: [],
      page: () => assets,
      loginOf: () => (options.person === 'nobody' ? undefined : login),
      origin: () => origin,
      tls: undefined,
      log: silent,
    });
    const { port }: AddressInfo = await server.listen('127.0.0.1', 0);
    origin = `http://127.0.0.1:${port}`;
    return new MadePortal(server, origin);
  }

  private constructor(server: PortalServer, origin: string) {
    this.#server = server;
    this.origin = origin;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server.close();
  }
}

const csrf = 'of-this-test';

const login: Login = {
  csrf,
  signal: new AbortController().signal,
  viewer: {
    name: 'anna',
    by: 'ssh',
    signal: new AbortController().signal,
    reads: () => true,
    readsAll: () => true,
    readsRepository: () => true,
    pushes: () => 'all',
    operator: undefined,
  },
};

function endpoint(method: Endpoint['method'], template: string, options: MadePortalOptions): Endpoint {
  const open = template.startsWith('/login/');
  const isStream = template === '/live' || template.endsWith('/live');
  if (isStream)
    return { method, path: template, lasting: true, answer: exchange => quietStream(exchange.response) };
  return {
    method,
    path: template,
    open,
    answer: async exchange => {
      const instead = options.instead?.[`${method} ${template}`];
      if (typeof instead === 'string') {
        exchange.response.writeHead(200, { 'content-type': 'text/plain; charset=utf-8' }).end(instead);
        return;
      }
      const asked: unknown = typeof instead === 'function' ? instead(exchange.target.query) : instead;
      const value = asked ?? options.answers.answerTo(method, template);
      if (value === undefined) exchange.nothing();
      else await exchange.json(template === '/me' ? withToken(value) : value);
    },
  };
}

const withToken = (value: unknown): unknown =>
  typeof value === 'object' && value !== null ? { ...value, csrf } : value;

/** Nothing happens; it stays open until its reader goes. */
async function quietStream(response: Parameters<Endpoint['answer']>[0]['response']): Promise<void> {
  response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
  response.write(': here\n\n');
}
