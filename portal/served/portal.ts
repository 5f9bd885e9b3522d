/** The portal, whole: what a page is told, and the server that tells it. */
import type { IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { TowlineError } from '../../core/errors.ts';
import { namePattern } from '../../core/fleet/paths.ts';
import type { Home } from '../home/home.ts';
import { Live } from '../live/live-endpoint.ts';
import { LiveLogs, type LiveLogsQuestion } from '../model/live-logs.ts';
import { Model } from '../model/model.ts';
import type { Route } from '../route/route.ts';
import { portalRoutes } from '../routes/routes.ts';
import { terminalPath, VisitorParts } from '../routes/visitor-parts.ts';
import type { Endpoint, Upgrade } from '../server/endpoint.ts';
import type { Login } from '../server/login.ts';
import type { PageContent } from '../server/page-files.ts';
import { PortalServer, type TlsFiles } from '../server/portal-server.ts';
import { readBytes } from '../server/request-body.ts';
import { routeEndpoint, send } from '../server/route-endpoint.ts';

export interface PortalOptions {
  readonly home: Home;
  /** Of the page: exact. At a desk the port is known when it listens. */
  readonly origin: () => string;
  readonly tls: TlsFiles | undefined;
  readonly page: () => Promise<PageContent>;
  readonly loginOf: (request: IncomingMessage) => Login | undefined;
  /** Where a login begins and ends; what else a home has. */
  readonly endpoints: readonly Endpoint[];
  readonly upgrades: readonly Upgrade[];
}

export class Portal {
  readonly server: PortalServer;
  readonly model: Model;
  readonly live: Live;
  readonly #visitors: VisitorParts;

  static async open(options: PortalOptions): Promise<Portal> {
    return new Portal(options, await Model.open(options.home));
  }

  private constructor(options: PortalOptions, model: Model) {
    const { endpoints, home, upgrades, ...others } = options;
    this.model = model;
    const visitors = new VisitorParts(home, options.origin);
    this.#visitors = visitors;
    const routes = portalRoutes(model, visitors);
    this.live = new Live({
      home,
      rows: model.board.rows,
      routes,
      logsOf: (viewer, query) => new LiveLogs({ home, viewer, ...logsIn(query) }),
    });
    const served = routes.map(route => (route.path === '/me' ? meEndpoint(route) : routeEndpoint(route)));
    const terminals: Upgrade = { path: terminalPath, take: asked => visitors.takeTerminal(asked) };
    this.server = new PortalServer({
      ...{ ...others, log: home.log },
      endpoints: [...endpoints, this.live.endpoint, takeBackEndpoint(visitors), ...served],
      upgrades: [...upgrades, terminals],
    });
  }

  /** @throws TowlineError PORTAL_LISTEN_FAILED */
  listen(host: string, port: number): Promise<AddressInfo> {
    return this.server.listen(host, port);
  }

  async close(): Promise<void> {
    await this.#visitors[Symbol.asyncDispose]();
    await this.server.close();
    await this.model[Symbol.asyncDispose]();
  }
}

/** Who looks, and what guards their session. */
function meEndpoint(route: Route): Endpoint {
  return {
    method: 'GET',
    path: '/me',
    answer: async exchange => {
      const { login, viewer, signal } = exchange;
      if (login === undefined) throw new TowlineError('PORTAL_LOGIN_NEEDED', 'nobody is logged in');
      const query = new URLSearchParams();
      const csrf = login.csrf === undefined ? {} : { csrf: login.csrf };
      const me = await route.answer({ path: '/me', query, body: undefined, viewer, signal });
      await send(exchange, me.kind === 'json' ? { ...me, body: { ...me.body, ...csrf } } : me);
    },
  };
}

/** What is larger goes by `towline bundle take-back`. */
const maxStatusBytes = 16 * 1024 * 1024;

function takeBackEndpoint(visitors: VisitorParts): Endpoint {
  return {
    ...{ method: 'POST', path: '/bundles/status', bytes: true },
    answer: async exchange => {
      const { viewer, request, signal } = exchange;
      await exchange.json(await visitors.takeBack(viewer, readBytes(request, maxStatusBytes), signal));
    },
  };
}

/** @throws TowlineError PORTAL_NOT_FOUND */
function logsIn(query: ReadonlyMap<string, string>): Pick<LiveLogsQuestion, 'device' | 'app' | 'service'> {
  const device = query.get('logs') ?? '';
  if (!namePattern.test(device)) throw new TowlineError('PORTAL_NOT_FOUND', 'there is no such device');
  return { device, app: query.get('app'), service: query.get('service') };
}
