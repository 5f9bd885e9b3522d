/** Terminals over a bare HTTP server, as the portal's own has them: who asks is told by a header. */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { WebSocket } from 'ws';
import { isTowlineError } from '../../../core/errors.ts';
import type { Clock } from '../../../core/io/clock.ts';
import { createSystemClock } from '../../../core/io/system-clock.ts';
import { TerminalDoor } from '../../../portal/terminal/terminal-door.ts';
import type { ToPage } from '../../../portal/terminal/terminal-frames.ts';
import type { SessionViewer, TerminalHome } from '../../../portal/terminal/terminal-home.ts';
import { TerminalLink } from '../../../portal/terminal/terminal-link.ts';

const silent = { debug() {}, info() {}, warn() {}, error() {} };

export class TestViewer implements SessionViewer {
  readonly name: string;
  readonly by: SessionViewer['by'];
  readonly #login = new AbortController();

  constructor(name: string, by: SessionViewer['by'] = 'ssh') {
    this.name = name;
    this.by = by;
  }

  get signal(): AbortSignal {
    return this.#login.signal;
  }

  reads(): boolean {
    return true;
  }

  logOut(): void {
    this.#login.abort(new Error('logged out'));
  }
}

export class TerminalServer implements AsyncDisposable {
  readonly door: TerminalDoor;
  readonly origin: string;
  readonly viewers = new Map<string, TestViewer>();
  readonly #server: Server;

  static async start(
    home: TerminalHome,
    clock: Pick<Clock, 'monotonic'> = createSystemClock(),
  ): Promise<TerminalServer> {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new TerminalServer(server, new TerminalDoor({ home, clock, log: silent }));
  }

  private constructor(server: Server, door: TerminalDoor) {
    const { port } = server.address() as AddressInfo;
    this.origin = `http://127.0.0.1:${port}`;
    this.door = door;
    this.#server = server;
    const { origin } = this;
    const viewerOf = ({ headers }: IncomingMessage) => this.viewers.get(String(headers['x-viewer']));
    server.on('upgrade', (request, socket, head) => {
      const ticket = (request.url ?? '').slice(1);
      try {
        door.upgrade({ request, socket, head, ticket, origin, viewer: viewerOf(request) });
      } catch (error) {
        const code = isTowlineError(error) ? error.code : 'PORTAL_FAILED';
        socket.end(`HTTP/1.1 403 ${code}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`);
      }
    });
  }

  viewer(name: string, by: SessionViewer['by'] = 'ssh'): TestViewer {
    const viewer = new TestViewer(name, by);
    this.viewers.set(name, viewer);
    return viewer;
  }

  /** @param who by whose cookie the page comes */
  socket(ticket: string, who: string, origin = this.origin): WebSocket {
    const url = `${this.origin.replace('http', 'ws')}/${ticket}`;
    const socket = new WebSocket(url, { origin, headers: { 'x-viewer': who } });
    return socket.on('error', () => {});
  }

  async page(viewer: TestViewer, body: object): Promise<Page> {
    const { ticket } = await this.door.ticket(viewer, body);
    return new Page(this.socket(ticket, viewer.name));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.door.close();
    this.#server.closeAllConnections();
    await new Promise(resolve => this.#server.close(resolve));
  }
}

/** What a browser does with it, without one. */
export class Page {
  readonly socket: WebSocket;
  readonly link: TerminalLink;
  readonly words: ToPage[] = [];
  shown = Buffer.alloc(0);
  isClosed = false;
  /** Held: its screen takes nothing. */
  isStuck = false;
  readonly #untaken: (() => void)[] = [];

  constructor(socket: WebSocket) {
    this.socket = socket;
    this.link = new TerminalLink(socket, {
      show: (bytes, taken) => {
        this.shown = Buffer.concat([this.shown, bytes]);
        if (this.isStuck) this.#untaken.push(taken);
        else taken();
      },
      said: word => this.words.push(word),
      closed: () => {
        this.isClosed = true;
      },
    });
  }

  get text(): string {
    return this.shown.toString('utf8');
  }

  goOn(): void {
    this.isStuck = false;
    for (const taken of this.#untaken.splice(0)) taken();
  }

  /** The code of a refused upgrade, or `open`. */
  static async outcome(socket: WebSocket): Promise<string> {
    return await new Promise(resolve => {
      socket.once('open', () => resolve('open'));
      socket.once('unexpected-response', (_request, { statusMessage = '' }) => resolve(statusMessage));
    });
  }
}
