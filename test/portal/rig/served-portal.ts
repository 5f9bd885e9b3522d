/** A portal's server in this process, over what a test puts there: who is logged in, what changes, what is asked. */
import type { IncomingMessage } from 'node:http';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { createSystemClock } from '../../../core/io/system-clock.ts';
import type { Log } from '../../../core/log.ts';
import type { Home } from '../../../portal/home/home.ts';
import type { Viewer } from '../../../portal/home/viewer.ts';
import { Live, type LiveOptions } from '../../../portal/live/live-endpoint.ts';
import type { LiveRow } from '../../../portal/live/rows-topic.ts';
import type { Endpoint, Upgrade } from '../../../portal/server/endpoint.ts';
import type { Login } from '../../../portal/server/login.ts';
import type { PageContent } from '../../../portal/server/page-files.ts';
import { PortalServer } from '../../../portal/server/portal-server.ts';
import { PortalClient } from './portal-client.ts';

export class PutRows {
  readonly rows = new Map<string, LiveRow>();
  readonly #listeners = new Set<() => void>();
  version = 0;

  get(id: string): LiveRow | undefined {
    return this.rows.get(id);
  }

  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  get listeners(): number {
    return this.#listeners.size;
  }

  put(...changed: readonly (readonly [id: string, standing: string])[]): void {
    this.version += 1;
    for (const [id, s] of changed)
      this.rows.set(id, {
        version: this.version,
        json: JSON.stringify({ id, s }),
        bareJson: JSON.stringify({ id, s: 'not yours' }),
      });
    for (const listener of [...this.#listeners]) listener();
  }
}

/** Somebody who reads these devices; all without. */
export function viewerOf(name: string, signal: AbortSignal, reads?: readonly string[]): Viewer {
  return {
    ...{ name, by: 'ssh', signal, operator: undefined },
    reads: device => !signal.aborted && (reads?.includes(device) ?? true),
    readsAll: () => reads === undefined,
    readsRepository: () => reads === undefined,
    pushes: () => 'none',
  };
}

export interface ServedOptions {
  readonly endpoints?: readonly Endpoint[];
  readonly upgrades?: readonly Upgrade[];
  readonly routes?: LiveOptions['routes'];
  readonly times?: LiveOptions['times'];
  readonly origin?: string;
  readonly readMs?: number;
}

const file = (text: string) => {
  const bytes = Buffer.from(text);
  return {
    ...{ type: 'text/html; charset=utf-8', bytes },
    ...{ gzip: gzipSync(bytes), brotli: brotliCompressSync(bytes) },
  };
};
const page: PageContent = { index: file('<!doctype html>'), files: new Map([['main-1.js', file('1')]]) };
const silent: Log = { debug() {}, info() {}, warn() {}, error() {} };

export class ServedPortal implements AsyncDisposable {
  readonly rows = new PutRows();
  readonly server: PortalServer;
  readonly live: Live;
  /** Bearer → login, with what ends it. */
  readonly logins = new Map<string, { readonly login: Login; readonly over: AbortController }>();
  readonly looked: string[] = [];
  readonly moves = new Set<(device: string) => void>();
  readonly tips = new Map<string, string>();
  origin: string;
  port = 0;

  static async start(options: ServedOptions = {}): Promise<ServedPortal> {
    const served = new ServedPortal(options);
    const { port } = await served.server.listen('127.0.0.1', 0);
    served.port = port;
    if (options.origin === undefined) served.origin = `http://127.0.0.1:${port}`;
    return served;
  }

  private constructor(options: ServedOptions) {
    const { endpoints = [], upgrades = [], routes = [], times = { restMs: 20 } } = options;
    this.origin = options.origin ?? '';
    const home = this.#home();
    this.live = new Live({ home, rows: this.rows, routes, logsOf: undefined, times });
    this.server = new PortalServer({
      ...(options.readMs === undefined ? {} : { readMs: options.readMs }),
      ...{ upgrades, page: async () => page, tls: undefined, log: silent },
      endpoints: [...endpoints, this.live.endpoint],
      origin: () => this.origin,
      loginOf: request => this.#loginOf(request),
    });
  }

  logIn(name: string, reads?: readonly string[]): PortalClient {
    const over = new AbortController();
    const viewer = viewerOf(name, over.signal, reads);
    const bearer = `${name}-${this.logins.size}`;
    this.logins.set(bearer, { login: { viewer, csrf: `csrf-${bearer}`, signal: over.signal }, over });
    const client = this.client();
    client.bearer = bearer;
    client.csrf = `csrf-${bearer}`;
    return client;
  }

  end(client: PortalClient): void {
    this.logins.get(client.bearer ?? '')?.over.abort(new DOMException('over', 'AbortError'));
    this.logins.delete(client.bearer ?? '');
  }

  client(): PortalClient {
    return new PortalClient({ port: this.port, origin: this.origin });
  }

  #loginOf({ headers }: IncomingMessage): Login | undefined {
    return this.logins.get(headers.authorization?.slice('Bearer '.length) ?? '')?.login;
  }

  /** Of it no more is asked than streams do. */
  #home(): Home {
    const home = {
      ...{ kind: 'gateway', clock: createSystemClock(), log: silent },
      fleet: { current: undefined, onChange: () => () => undefined },
      telemetry: {
        tips: () => this.tips,
        onMove: (listener: (device: string) => void) => {
          this.moves.add(listener);
          return () => this.moves.delete(listener);
        },
        look: (_who: string, devices: readonly string[]) => {
          this.looked.push(...devices);
          return () => {
            for (const device of devices) this.looked.splice(this.looked.indexOf(device), 1);
          };
        },
      },
    };
    return home as unknown as Home;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.server.close();
  }
}
