/** What is held for people beyond one request: terminals that are open, bundles that are made; and the rows of the API for both. */
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { TowlineError } from '../../core/errors.ts';
import type { TakenBack } from '../bundles/bundle-home.ts';
import { BundleShelf } from '../bundles/bundle-shelf.ts';
import type { Home } from '../home/home.ts';
import type { Route } from '../route/route.ts';
import { TerminalDoor } from '../terminal/terminal-door.ts';
import type { SessionViewer } from '../terminal/terminal-home.ts';
import { bundleRoutes } from './bundle-routes.ts';
import { sessionRoutes } from './session-routes.ts';

/** A WebSocket that is asked for; Host, Origin and login are checked. */
export interface AskedTerminal {
  readonly request: IncomingMessage;
  readonly socket: Duplex;
  readonly head: Buffer;
  readonly parameters: Readonly<Record<string, string>>;
  /** Undefined: the request says nothing of it. */
  readonly login: { readonly viewer: SessionViewer } | undefined;
}

export const terminalPath = '/terminals/{ticket}';

export class VisitorParts implements AsyncDisposable {
  readonly routes: readonly Route[];
  readonly #home: Home;
  readonly #origin: () => string;
  readonly #door: TerminalDoor | undefined;
  readonly #shelf: BundleShelf | undefined;

  /** @param origin of the page: exact */
  constructor(home: Home, origin: () => string) {
    const { sessions, bundles, clock, log } = home;
    const terminals = sessions?.terminals;
    this.#home = home;
    this.#origin = origin;
    const door = terminals === undefined ? undefined : new TerminalDoor({ home: terminals, clock, log });
    const shelf = bundles === undefined ? undefined : new BundleShelf({ home: bundles, clock });
    const timeIn = (seconds: number) => new Date(clock.now() + seconds * 1000).toISOString();
    this.#door = door;
    this.#shelf = shelf;
    this.routes = [
      ...(sessions === undefined ? [] : sessionRoutes({ home: sessions, door, timeIn })),
      ...(shelf === undefined ? [] : bundleRoutes(shelf)),
    ];
  }

  /** Terminals that are open. */
  get terminals(): number {
    return this.#door?.open ?? 0;
  }

  /** @throws TowlineError as `TerminalDoor.upgrade` */
  async takeTerminal({ request, socket, head, parameters, login }: AskedTerminal): Promise<void> {
    // A browser's WebSocket bears no header of the page's: at a desk, where there are no cookies, the ticket says whose it is.
    const viewer = this.#home.kind === 'desk' ? 'by-ticket' : login?.viewer;
    const { ticket = '' } = parameters;
    if (this.#door === undefined) throw new TowlineError('PORTAL_NOT_FOUND', 'no terminals are opened here');
    this.#door.upgrade({ request, socket, head, ticket, origin: this.#origin(), viewer });
  }

  /** @throws TowlineError PORTAL_NOT_FOUND; as `BundleHome.takeBack` */
  async takeBack(
    viewer: SessionViewer,
    input: AsyncIterable<Uint8Array>,
    signal: AbortSignal,
  ): Promise<TakenBack> {
    const { bundles } = this.#home;
    if (bundles === undefined) throw new TowlineError('PORTAL_NOT_FOUND', 'nothing is taken back here');
    return await bundles.takeBack(viewer, input, signal);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#door?.close();
    await this.#shelf?.[Symbol.asyncDispose]();
  }
}
