import { createHash } from 'node:crypto';
import type { DesiredTunnel } from '../../core/fleet/tunnel.ts';
import { isDiskFull } from '../../core/io/file/disk-full.ts';
import { isMissing, readBounded, writeDurably } from '../../core/io/file/durable-file.ts';
import { fieldsOf } from '../../core/json.ts';

const maxFileBytes = 4096;

/** When this device first saw a tunnel open, so that neither a restart nor a reconnect makes it last longer. */
export interface OpeningTimes {
  /** The first opening of this very tunnel: the stored time, or `nowMs` where that is earlier or none is, stored durably. */
  firstOpened(tunnel: DesiredTunnel, nowMs: number): Promise<number>;
  /** The tunnel was closed: the next opening is a new one. */
  forget(): Promise<void>;
}

/** What makes an opening the same one: anything but its targets and who may use it. */
function identity(tunnel: DesiredTunnel): string {
  const text = JSON.stringify([tunnel.untilMs ?? null, tunnel.maxDurationMs, tunnel.reason ?? null]);
  return createHash('sha256').update(text).digest('hex');
}

interface Opening {
  readonly identity: string;
  readonly openedMs: number;
}

/** Keeps the time in one small file, by default `<stateDirectory>/tunnel.json`. */
export class OpeningTimesFile implements OpeningTimes {
  readonly #file: string;
  /** Where the disk is full: a person has to be let in to make room. */
  #unwritten: { opening: Opening | undefined } | undefined;

  constructor(file: string) {
    this.#file = file;
  }

  async firstOpened(tunnel: DesiredTunnel, nowMs: number): Promise<number> {
    const wanted = identity(tunnel);
    const stored = await this.#read();
    // A start in the future was noted by a clock that was ahead: it would make the tunnel last until then.
    if (stored?.identity === wanted && stored.openedMs <= nowMs) return stored.openedMs;
    await this.#write({ identity: wanted, openedMs: nowMs });
    return nowMs;
  }

  async forget(): Promise<void> {
    if ((await this.#read()) === undefined) return;
    await this.#write(undefined);
  }

  async #write(opening: Opening | undefined): Promise<void> {
    try {
      await writeDurably(this.#file, `${JSON.stringify(opening ?? {})}\n`);
      this.#unwritten = undefined;
    } catch (error) {
      if (!isDiskFull(error)) throw error;
      this.#unwritten = { opening };
    }
  }

  async #read(): Promise<Opening | undefined> {
    if (this.#unwritten !== undefined) return this.#unwritten.opening;
    try {
      const bytes = await readBounded(this.#file, maxFileBytes);
      const value: unknown = JSON.parse(bytes?.toString('utf8') ?? '{}');
      const { identity, openedMs } = fieldsOf(value);
      return typeof identity === 'string' && typeof openedMs === 'number'
        ? { identity, openedMs }
        : undefined;
    } catch (error) {
      if (isMissing(error) || error instanceof SyntaxError) return undefined;
      throw error;
    }
  }
}
