/**
 * Answers of upload-pack by what was asked. In a rollout thousands of devices send one and the same body: git is
 * asked once, whoever comes while it works reads along, and whoever comes later is answered from here.
 */

import { createHash } from 'node:crypto';
import { asError } from '../../core/errors/cause.ts';
import { TowlineError } from '../../core/errors.ts';
import type { GitProtocol } from './advert.ts';
import { CachedAnswer, type OpenSpill } from './cached-answer.ts';

export interface PackCacheLimits {
  /** All answers in memory together, also those that are kept for their readers only; bytes. */
  readonly memoryBytes: number;
  /** All answers on disk together, bytes; a single one may not be longer either. */
  readonly diskBytes: number;
}

export interface PackKey {
  readonly repository: string;
  readonly generation: number;
  readonly protocol: GitProtocol;
  readonly body: Buffer;
}

/** Produces the answer, piece by piece. */
export type Produce = (append: (chunk: Buffer) => Promise<void>) => Promise<void>;

export class PackCache {
  readonly #limits: PackCacheLimits;
  readonly #openSpill: OpenSpill;
  /** In the order of last use. */
  readonly #answers = new Map<string, CachedAnswer>();
  /** These, and those that were let go and are still being read. */
  readonly #held = new Set<CachedAnswer>();
  hits = 0;
  misses = 0;

  constructor(limits: PackCacheLimits, openSpill: OpenSpill) {
    this.#limits = limits;
    this.#openSpill = openSpill;
  }

  /** The answer where there is one, whole or under way. */
  find(key: PackKey): CachedAnswer | undefined {
    const name = nameOf(key);
    const answer = this.#answers.get(name);
    if (answer === undefined) return undefined;
    this.hits += 1;
    this.#answers.delete(name);
    this.#answers.set(name, answer);
    return answer;
  }

  /** Begins to produce an answer; it goes on whether or not somebody reads. A failure is not kept. */
  fill(key: PackKey, produce: Produce): CachedAnswer {
    this.misses += 1;
    const name = nameOf(key);
    const { memoryBytes, diskBytes } = this.#limits;
    const answer = new CachedAnswer({
      maxMemoryBytes: Math.floor(memoryBytes / 4),
      openSpill: this.#openSpill,
      onGone: () => {
        this.#held.delete(answer);
      },
    });
    this.#answers.set(name, answer);
    this.#held.add(answer);
    const append = async (chunk: Buffer) => {
      if (answer.length + chunk.length > diskBytes) {
        throw new TowlineError('GATEWAY_REQUEST_TOO_LARGE', 'the answer is over the limit');
      }
      await answer.append(chunk);
      await this.#makeRoom(answer);
    };
    produce(append)
      .then(() => answer.finish())
      .catch((error: unknown) => {
        if (this.#answers.get(name) === answer) this.#answers.delete(name);
        answer.fail(asError(error));
        answer.drop();
      });
    return answer;
  }

  /** What belongs to older generations is never asked for again. */
  clear(): void {
    const answers = [...this.#answers.values()];
    this.#answers.clear();
    for (const answer of answers) answer.drop();
  }

  get memoryBytes(): number {
    return sum(this.#held, answer => answer.memoryBytes);
  }

  get diskBytes(): number {
    return sum(this.#held, answer => answer.diskBytes);
  }

  get size(): number {
    return this.#answers.size;
  }

  /**
   * What nobody reads goes; if that is not enough, what is read goes to the disk.
   * @throws TowlineError GATEWAY_BUSY when that is full, too.
   */
  async #makeRoom(keep: CachedAnswer): Promise<void> {
    const { memoryBytes, diskBytes } = this.#limits;
    for (const [name, answer] of [...this.#answers]) {
      if (this.memoryBytes <= memoryBytes && this.diskBytes <= diskBytes) return;
      if (answer === keep || answer.isRead) continue;
      this.#answers.delete(name);
      answer.drop();
    }
    for (const answer of [...this.#held]) {
      if (this.memoryBytes <= memoryBytes) break;
      await answer.spill();
    }
    if (this.diskBytes <= diskBytes) return;
    throw new TowlineError('GATEWAY_BUSY', 'too much is being fetched by devices that are slow to take it');
  }
}

function nameOf(key: PackKey): string {
  const hash = createHash('sha256').update(key.body).digest('base64url');
  return `${key.repository} ${key.generation} ${key.protocol} ${hash}`;
}

function sum<Item>(items: Iterable<Item>, value: (item: Item) => number): number {
  let total = 0;
  for (const item of items) total += value(item);
  return total;
}
