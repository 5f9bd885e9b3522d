/** Fetch: the gateway's repository → a store on this device that survives power loss and stays bounded for years. */

import { rm } from 'node:fs/promises';
import path from 'node:path';
import { messageOf } from '../../core/errors/cause.ts';
import { isTowlineError, TowlineError } from '../../core/errors.ts';
import type { Clock } from '../../core/io/clock.ts';
import { namesIn, readBounded, writeDurably } from '../../core/io/file/durable-file.ts';
import { parseAdvertisement } from '../../core/io/git/advertisement.ts';
import type { StoreObjectSource } from '../../core/io/git/store-object-source.ts';
import { collect } from '../../core/io/https/collect.ts';
import type { Dialler } from '../../core/io/https/dialler.ts';
import type { Log } from '../../core/log.ts';
import type { ObjectId } from '../../core/trust/git/object-source.ts';
import { type FetchInto, Generation } from './generation.ts';
import type { SourceLimits } from './limits.ts';
import { advertisementPath, type CarriedCommits, expectOk } from './upload-pack.ts';

export interface SourceOptions {
  /** `<stateDirectory>/store`. */
  readonly folder: string;
  readonly dialler: Dialler;
  readonly limits: SourceLimits;
  readonly clock: Clock;
}

/** Where main and the timestamp stood when the gateway was last asked. */
export interface Candidate {
  readonly head: ObjectId;
  readonly timestamp: ObjectId | undefined;
  /** How it was had: nothing new (304), the same ids, new packs, or a fresh store. */
  readonly by: 'not-modified' | 'same' | 'fetched' | 'fresh';
}

export class Source {
  readonly #options: SourceOptions;
  #generation: Generation | undefined;
  #opened = false;
  #damage: string | undefined;
  #renewedAtMs: number | undefined;

  constructor(options: SourceOptions) {
    this.#options = options;
  }

  /** What is in the store now; undefined before the first fetch. */
  async known(log: Pick<Log, 'info' | 'warn'>): Promise<Candidate | undefined> {
    const state = (await this.#open(log))?.state;
    return state === undefined
      ? undefined
      : { head: state.head, timestamp: state.timestamp, by: 'not-modified' };
  }

  /**
   * One GET; packs only when there is something new.
   * @param needed the trusted commit: no store replaces the old one without it, unless the old one is damaged
   * @param carried instead of the gateway
   * @throws TowlineError AGENT_GATEWAY_…, AGENT_ANSWER…, AGENT_REFUSED, GIT_…; BUNDLE_PREREQUISITE for a part of the commits
   *   where a store is to be made anew
   */
  async fetch(
    needed: ObjectId,
    log: Pick<Log, 'info' | 'warn'>,
    signal: AbortSignal,
    carried?: CarriedCommits,
  ): Promise<Candidate> {
    const current = await this.#open(log);
    const etag = this.#damage === undefined && carried === undefined ? current?.state?.etag : undefined;
    const from = await this.#poll(etag, signal, carried?.dialler);
    if (from === undefined && current?.state !== undefined) return candidate(current, 'not-modified');
    if (from === undefined)
      throw new TowlineError('AGENT_ANSWER', 'the gateway says "not modified" to a first question');
    if (current === undefined || this.#damage !== undefined) {
      if (carried?.isWhole === false)
        throw new TowlineError(
          'BUNDLE_PREREQUISITE',
          'the store of this device is damaged, or there is none yet',
        );
      return this.#renew(needed, from, log);
    }
    const { head: before, timestamp: stampBefore } = current.state ?? {};
    try {
      await current.fetch(from);
    } catch (error) {
      if (carried === undefined && (!isTowlineError(error) || error.code === 'GIT_STORE')) {
        signal.throwIfAborted();
        if (!this.markDamaged(messageOf(error))) throw error;
        return this.#renew(needed, from, log);
      }
      throw error;
    }
    const same = current.state?.head === before && current.state?.timestamp === stampBefore;
    if (same) return candidate(current, 'same');
    if (carried === undefined && (await this.#hasOutgrown(current))) return this.#renew(needed, from, log);
    return candidate(current, 'fetched');
  }

  /** What was fetched last turned out to be nothing to go by: this is where main and the timestamp are. */
  async putBack({ head, timestamp }: Pick<Candidate, 'head' | 'timestamp'>): Promise<void> {
    await this.#generation?.putBack({ head, timestamp });
  }

  /** Raw objects for one pass. @throws TowlineError GIT_STORE before the first fetch */
  objects(): StoreObjectSource {
    if (this.#generation === undefined) throw new TowlineError('GIT_STORE', 'nothing has been fetched yet');
    return this.#generation.objects();
  }

  /**
   * A read has failed: the next fetch makes a fresh store beside this one.
   * @returns whether that may happen now; false while a fresh one was made a short time ago and did not help
   */
  markDamaged(reason: string): boolean {
    const { clock, limits } = this.#options;
    const recently =
      this.#renewedAtMs !== undefined && clock.monotonic() - this.#renewedAtMs < limits.renewIntervalMs;
    if (recently) return false;
    this.#damage = reason;
    return true;
  }

  async #open(log: Pick<Log, 'info' | 'warn'>): Promise<Generation | undefined> {
    if (this.#opened) return this.#generation;
    const name = (await readBounded(this.#pointer(), 4096).catch(() => undefined))?.toString('utf8').trim();
    if (name !== undefined) {
      try {
        if (!/^g-\d{1,15}$/.test(name)) throw new TowlineError('GIT_STORE', 'store/current is damaged');
        this.#generation = await Generation.open(path.join(this.#options.folder, name));
      } catch (error) {
        if (!(error instanceof Error)) throw error;
        log.warn({ error: error.message }, 'the store is damaged, a fresh one will be fetched');
        this.#damage = error.message;
      }
    }
    this.#opened = true;
    await this.#removeOthers();
    return this.#generation;
  }

  async #poll(
    etag: string | undefined,
    signal: AbortSignal,
    dialler: Pick<Dialler, 'request'> = this.#options.dialler,
  ): Promise<FetchInto | undefined> {
    const { limits } = this.#options;
    const response = await dialler.request(
      {
        method: 'GET',
        path: advertisementPath,
        headers: etag === undefined ? {} : { 'if-none-match': etag },
        timeoutMs: limits.pollTimeoutMs,
        maxBytes: limits.maxAdvertisementBytes,
      },
      signal,
    );
    const unchanged = response.status === 304;
    if (!unchanged) await expectOk(response, '/fleet.git');
    const bytes = await collect(response.body);
    if (unchanged) return undefined;
    const advertisement = parseAdvertisement(bytes, 'git-upload-pack');
    return { dialler, limits, signal, advertisement, etag: response.headers.etag };
  }

  /** The next generation: fetched beside the old one, checked, durable, swapped; then the old one is removed. */
  async #renew(needed: ObjectId, from: FetchInto, log: Pick<Log, 'info' | 'warn'>): Promise<Candidate> {
    const old = this.#generation;
    const number = old === undefined ? 0 : Number(path.basename(old.gitdir).slice(2));
    const name = `g-${Number.isSafeInteger(number) ? number + 1 : 1}`;
    const next = await Generation.make(path.join(this.#options.folder, name));
    try {
      await next.fetch(from);
    } catch (error) {
      await rm(next.gitdir, { recursive: true, force: true });
      throw error;
    }
    if (old?.state !== undefined && this.#damage === undefined && !(await has(next, needed))) {
      // The branch was rewound behind what we trust: only the old store has it.
      await rm(next.gitdir, { recursive: true, force: true });
      return candidate(old, 'fetched');
    }
    await writeDurably(this.#pointer(), `${name}\n`);
    log.info({ generation: name, reason: this.#damage ?? 'size' }, 'a fresh store was fetched');
    if (this.#damage !== undefined) this.#renewedAtMs = this.#options.clock.monotonic();
    this.#generation = next;
    this.#damage = undefined;
    await this.#removeOthers();
    return candidate(next, 'fresh');
  }

  async #hasOutgrown(generation: Generation): Promise<boolean> {
    const { packs, bytes } = await generation.size();
    const { maxPacks, minRenewBytes } = this.#options.limits;
    return packs > maxPacks || bytes > Math.max(2 * (generation.state?.freshBytes ?? 0), minRenewBytes);
  }

  async #removeOthers(): Promise<void> {
    const { folder } = this.#options;
    const keep = this.#generation === undefined ? undefined : path.basename(this.#generation.gitdir);
    const names = await namesIn(folder);
    for (const name of names) {
      if (/^g-\d+$|\.tmp$/.test(name) && name !== keep)
        await rm(path.join(folder, name), { recursive: true });
    }
  }

  #pointer(): string {
    return path.join(this.#options.folder, 'current');
  }
}

function candidate(generation: Generation, by: Candidate['by']): Candidate {
  if (generation.state === undefined) throw new TowlineError('GIT_STORE', 'the store has no head');
  return { head: generation.state.head, timestamp: generation.state.timestamp, by };
}

async function has(generation: Generation, id: ObjectId): Promise<boolean> {
  await using objects = generation.objects();
  return (await objects.read(id)) !== undefined;
}
