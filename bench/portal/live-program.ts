/** The server of 200 open pages, in a process of its own: rows that change as those of 10,000 devices do, over TLS. */
import { makeDeviceKeys } from '../../core/io/device-keys.ts';
import { createSystemClock } from '../../core/io/system-clock.ts';
import type { Log } from '../../core/log.ts';
import type { Home } from '../../portal/home/home.ts';
import type { Viewer } from '../../portal/home/viewer.ts';
import { Live } from '../../portal/live/live-endpoint.ts';
import type { LiveRow } from '../../portal/live/rows-topic.ts';
import { PortalServer } from '../../portal/server/portal-server.ts';

const silent: Log = { debug() {}, info() {}, warn() {}, error() {} };

/** Rows as long as usual ones are. */
const jsonOf = (id: string, version: number) =>
  JSON.stringify({ id, s: 'well', w: 'shop 1.4.2, agent 2.0', r: 1_700_000_000 + version, n: 'shop 1.4.1' });

class ChangingRows {
  readonly #rows = new Map<string, LiveRow>();
  readonly #ids: readonly string[];
  readonly #listeners = new Set<() => void>();
  #next = 0;
  version = 0;

  constructor(ids: readonly string[]) {
    this.#ids = ids;
    for (const id of ids) this.#change(id);
  }

  get(id: string): LiveRow | undefined {
    return this.#rows.get(id);
  }

  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** The next so many, as one move of the board. */
  change(count: number): void {
    this.version += 1;
    for (let at = 0; at < count; at += 1) {
      this.#change(this.#ids[this.#next % this.#ids.length] ?? '');
      // Devices that stand together report at different times.
      this.#next += 7919;
    }
    for (const listener of [...this.#listeners]) listener();
  }

  #change(id: string): void {
    const json = jsonOf(id, this.version);
    this.#rows.set(id, { version: this.version, json, bareJson: json });
  }
}

const [devices = 10_000, perSecond = 167] = process.argv.slice(2).map(Number);
const rows = new ChangingRows(Array.from({ length: devices }, (_, at) => `pump-${at}`));
const clock = createSystemClock();
const home = {
  ...{ kind: 'gateway', clock, log: silent },
  fleet: { current: undefined, onChange: () => () => undefined },
  telemetry: { tips: () => new Map(), onMove: () => () => undefined, look: () => () => undefined },
} as unknown as Home;
const signal = new AbortController().signal;
const viewerOf = (name: string): Viewer => ({
  ...{ name, by: 'ssh', signal, operator: undefined },
  ...{ reads: () => true, readsAll: () => true, readsRepository: () => true, pushes: () => 'none' },
});
const live = new Live({ home, rows, routes: [], logsOf: undefined });
const keys = makeDeviceKeys('portal', ['127.0.0.1']);
let origin = '';
const server = new PortalServer({
  ...{ upgrades: [], endpoints: [live.endpoint], log: silent, origin: () => origin },
  page: async () => {
    throw new Error('no page here');
  },
  tls: { certificate: keys.tlsCertificate, key: keys.tlsKey },
  loginOf: ({ headers }) => ({ viewer: viewerOf(String(headers['x-name'])), csrf: undefined, signal }),
});
const { port } = await server.listen('127.0.0.1', 0);
origin = `https://127.0.0.1:${port}`;
// As the board does: at most four times in a second.
setInterval(() => rows.change(Math.ceil(perSecond / 4)), 250);
process.send?.({ port });
process.on('disconnect', () => process.exit(0));
