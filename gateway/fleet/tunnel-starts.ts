/**
 * When the gateway first saw each opening of a tunnel: it ends `tunnels.maxDuration` after that at the latest. Kept across
 * restarts, so that restarting the gateway prolongs nothing.
 */
import { type NotedOpening, notedOpening } from '../../core/access/tunnel-end.ts';
import type { DesiredTunnel } from '../../core/fleet/tunnel.ts';
import type { Clock } from '../../core/io/clock.ts';
import { isDiskFull } from '../../core/io/file/disk-full.ts';
import { readBounded, writeDurably } from '../../core/io/file/durable-file.ts';
import { fieldsOf, readFields } from '../../core/json.ts';

const maxBytes = 16 * 1024 * 1024;

export class TunnelStarts {
  readonly #path: string;
  readonly #clock: Clock;
  #unwritten = false;
  #starts: ReadonlyMap<string, NotedOpening> | undefined;

  constructor(path: string, clock: Clock) {
    this.#path = path;
    this.#clock = clock;
  }

  /** @param open by device: tunnels that are open now. */
  async use(open: ReadonlyMap<string, DesiredTunnel>): Promise<ReadonlyMap<string, NotedOpening>> {
    const before = this.#starts ?? (await this.#read());
    const now = this.#clock.now();
    const starts = new Map([...open].map(([id, tunnel]) => [id, notedOpening(tunnel, before.get(id), now)]));
    const same = starts.size === before.size && [...starts].every(([id, noted]) => before.get(id) === noted);
    if (!same || this.#unwritten) await this.#write(starts);
    this.#starts = starts;
    return starts;
  }

  /** A disk that is full keeps no tunnel open that is closed: it is written with the next view. */
  async #write(starts: ReadonlyMap<string, NotedOpening>): Promise<void> {
    try {
      await writeDurably(this.#path, `${JSON.stringify(Object.fromEntries(starts))}\n`);
      this.#unwritten = false;
    } catch (error) {
      if (!isDiskFull(error)) throw error;
      this.#unwritten = true;
    }
  }

  async #read(): Promise<ReadonlyMap<string, NotedOpening>> {
    try {
      const text = (await readBounded(this.#path, maxBytes))?.toString('utf8') ?? '{}';
      return new Map(
        Object.entries(readFields(text)).flatMap(([id, noted]) => {
          const { key, firstOpenMs } = fieldsOf(noted);
          return typeof key === 'string' && typeof firstOpenMs === 'number'
            ? [[id, { key, firstOpenMs }]]
            : [];
        }),
      );
    } catch {
      // Damaged: every open tunnel gets its time anew, once. Refusing to start would close them all.
      return new Map();
    }
  }
}
