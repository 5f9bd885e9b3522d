/** Terminals of pages: a ticket first, then a WebSocket that it opens, and a session at a device behind that. */
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import { asError, messageOf } from '../../core/errors/cause.ts';
import { errorRegistry, isTowlineError, TowlineError } from '../../core/errors.ts';
import type { Clock } from '../../core/io/clock.ts';
import { PeerWork } from '../../core/io/peer-work.ts';
import type { Log } from '../../core/log.ts';
import { PageTerminal } from './page-terminal.ts';
import { maxTypedBytes, type ToPage } from './terminal-frames.ts';
import type { SessionViewer, TerminalHome } from './terminal-home.ts';
import { TerminalTickets, type TicketFor, ticketMs } from './terminal-tickets.ts';
import { terminalWish } from './terminal-wish.ts';

export interface TerminalDoorOptions {
  readonly home: TerminalHome;
  readonly clock: Pick<Clock, 'monotonic'>;
  readonly log: Pick<Log, 'debug'>;
}

export interface Upgrade {
  readonly request: IncomingMessage;
  readonly socket: Duplex;
  readonly head: Buffer;
  readonly ticket: string;
  /** The page's own: what the browser says must be this. */
  readonly origin: string;
  /** Who the request's cookie is. `by-ticket`: there are no cookies here. */
  readonly viewer: SessionViewer | undefined | 'by-ticket';
}

/** Terminals that are open, of one person and of all. */
const most = { ofOne: 8, inAll: 64 } as const;
/** For what was shown last, milliseconds. */
const closeMs = 30_000;

export class TerminalDoor {
  readonly #options: TerminalDoorOptions;
  readonly #tickets: TerminalTickets;
  readonly #server = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    maxPayload: maxTypedBytes,
    perMessageDeflate: false,
  });
  readonly #open = new Map<PageTerminal, string>();
  readonly #served = new Set<Promise<void>>();
  readonly #stop = new AbortController();

  constructor(options: TerminalDoorOptions) {
    this.#options = options;
    this.#tickets = new TerminalTickets(options.clock);
  }

  /** Terminals that are open. */
  get open(): number {
    return this.#open.size;
  }

  /**
   * `POST /terminals`.
   * @param body `{device, name?, columns?, rows?}`
   * @throws TowlineError PORTAL_MALFORMED, PORTAL_BUSY; what the home refuses it with
   */
  async ticket(viewer: SessionViewer, body: unknown): Promise<{ ticket: string; seconds: number }> {
    const { place, size } = terminalWish(body);
    await this.#options.home.judge(viewer, place);
    this.#assertRoom(viewer);
    const ticket = this.#tickets.make({ viewer, place, size });
    if (ticket === undefined) throw busy('terminals are asked for and not opened');
    return { ticket, seconds: ticketMs / 1000 };
  }

  /**
   * `GET /terminals/{ticket}` of a WebSocket.
   * @throws TowlineError PORTAL_FOREIGN_ORIGIN, PORTAL_NOT_FOUND, PORTAL_BUSY: the socket is still as it was
   */
  upgrade({ request, socket, head, ticket, origin, viewer }: Upgrade): void {
    if (request.headers.origin !== origin)
      throw new TowlineError('PORTAL_FOREIGN_ORIGIN', 'a terminal is opened by the page alone');
    const found = this.#tickets.take(ticket);
    // One answer for one that was used, is too old, was never, or is of another login.
    if (found === undefined || (viewer !== 'by-ticket' && viewer !== found.viewer))
      throw new TowlineError('PORTAL_NOT_FOUND', 'there is no such ticket');
    this.#assertRoom(found.viewer);
    this.#server.handleUpgrade(request, socket, head, page => {
      const work = new PeerWork({
        cut: () => page.terminate(),
        failed: error => this.#options.log.debug({ err: error }, 'a terminal of a page failed'),
      });
      const served = this.#serve(page, found).finally(() => this.#served.delete(served));
      this.#served.add(served);
      work.run(() => served);
    });
  }

  /** All that are open end; nothing of them is left then. */
  async close(): Promise<void> {
    const closing = new TowlineError('PORTAL_CLOSING', 'the portal ends');
    this.#stop.abort(closing);
    for (const terminal of this.#open.keys()) terminal.destroy(closing);
    this.#server.close();
    await Promise.allSettled(this.#served);
  }

  async #serve(page: WebSocket, { viewer, place, size }: TicketFor): Promise<void> {
    const terminal = new PageTerminal(page, size);
    const gone = new AbortController();
    terminal.once('close', () => gone.abort(new Error('the page is gone')));
    this.#open.set(terminal, viewer.name);
    const signal = AbortSignal.any([gone.signal, viewer.signal, this.#stop.signal]);
    const opened = () => {
      terminal.say({ opened: true }).catch((error: unknown) => terminal.destroy(asError(error)));
    };
    const late = () => terminal.destroy(new Error('it does not take what was shown last'));
    try {
      const word = await this.#end(terminal, opened, { viewer, place, signal });
      setTimeout(late, closeMs).unref();
      await terminal.say(word);
      terminal.end(() => terminal.destroy());
    } finally {
      terminal.once('close', () => this.#open.delete(terminal));
      if (terminal.closed) this.#open.delete(terminal);
    }
  }

  /** @returns what is said of it when it is over */
  async #end(
    end: PageTerminal,
    opened: () => void,
    { viewer, place, signal }: Pick<TicketFor, 'viewer' | 'place'> & { readonly signal: AbortSignal },
  ): Promise<ToPage> {
    try {
      const { exitCode } = await this.#options.home.enter(viewer, place, { end, opened }, signal);
      return viewer.signal.aborted ? loggedOut : { ended: { exitCode: exitCode ?? null } };
    } catch (error) {
      return viewer.signal.aborted ? loggedOut : refusal(error);
    }
  }

  #assertRoom({ name }: SessionViewer): void {
    const own = [...this.#open.values()].filter(one => one === name).length;
    if (own >= most.ofOne || this.#open.size >= most.inAll) throw busy('terminals are open');
  }
}

const loggedOut: ToPage = {
  refused: { code: 'PORTAL_LOGIN_NEEDED', message: 'the login by which this was opened is over' },
};

function refusal(error: unknown): ToPage {
  const code = isTowlineError(error) ? error.code : 'PORTAL_FAILED';
  return { refused: { code, message: messageOf(error), remedy: errorRegistry[code].remedy } };
}

function busy(what: string): TowlineError {
  return new TowlineError('PORTAL_BUSY', `as many ${what} as may be`, { details: { retryAfterSec: 20 } });
}
