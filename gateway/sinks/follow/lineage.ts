/**
 * Which commits follow one on the branch of a device, the oldest first. Walked from the tip back, once for all sinks; what is
 * kept is their ids alone, 20 bytes each.
 */
import { setImmediate as turn } from 'node:timers/promises';
import type { CommitSegments } from '../../../core/telemetry/commit-segments.ts';
import type { ObjectId } from '../../../core/trust/git/object-source.ts';

export interface Following {
  /** The oldest of them; there may be more. */
  readonly ids: readonly ObjectId[];
  readonly more: boolean;
  /** What was to be followed is not on the branch: the branch was begun anew, or (`cut`) retention has taken it away. */
  readonly lost: 'no' | 'cut' | 'anew';
}

interface Chain {
  /** The oldest first, 20 bytes each. */
  readonly ids: Buffer;
  /** What comes before the oldest; undefined: nothing. */
  readonly base: ObjectId | 'cut' | undefined;
}

const idBytes = 20;
/** Of one branch: beyond it the newest are walked again later. */
const maxChain = 50_000;
/** Of all branches together, ids: 8 MB. */
const maxKept = 400_000;
/** Others have their turn after so many. */
const goSize = 200;

export class Lineage {
  readonly #commits: Pick<CommitSegments, 'parent'>;
  readonly #chains = new Map<string, Chain>();
  #kept = 0;

  constructor(commits: Pick<CommitSegments, 'parent'>) {
    this.#commits = commits;
  }

  /** @param from the last one that is known; undefined: all there are. @param most ids at once */
  async following(
    branch: { readonly device: string; readonly tip: ObjectId },
    from: ObjectId | undefined,
    most: number,
    signal: AbortSignal,
  ): Promise<Following> {
    const { device, tip } = branch;
    if (from === tip) return { ids: [], more: false, lost: 'no' };
    const chain = await this.#chainTo(device, tip, from, signal);
    const at = from === undefined ? -1 : indexIn(chain, from);
    const isFound = at >= 0 || from === undefined || chain.base === from;
    const first = at + 1;
    const count = chain.ids.length / idBytes;
    const ids = Array.from({ length: Math.min(most, count - first) }, (_, step) => idAt(chain, first + step));
    const lost = isFound ? 'no' : chain.base === 'cut' ? 'cut' : 'anew';
    return { ids, more: ids.at(-1) !== tip, lost };
  }

  async #chainTo(
    device: string,
    tip: ObjectId,
    from: ObjectId | undefined,
    signal: AbortSignal,
  ): Promise<Chain> {
    const known = this.#chains.get(device);
    const reaches =
      known !== undefined &&
      (from === undefined ? !isId(known.base) : known.base === from || indexIn(known, from) >= 0);
    if (known !== undefined && reaches) {
      // One that was too long has not the newest: they come when those before them have been told.
      const isThere = from === undefined ? known.ids.length > 0 : newestOf(known) !== from;
      if (isThere || indexIn(known, tip) >= 0) return this.#keep(device, known);
    }
    const found = await this.#walk(tip, from, reaches ? known : undefined, signal);
    return this.#keep(device, found);
  }

  /** From the tip to what is known, or to the end. */
  async #walk(
    tip: ObjectId,
    from: ObjectId | undefined,
    known: Chain | undefined,
    signal: AbortSignal,
  ): Promise<Chain> {
    const newer: Buffer[] = [];
    const meets = known === undefined ? undefined : newestOf(known);
    let at: ObjectId | undefined = tip;
    let base: Chain['base'] = from;
    while (at !== from || from === undefined) {
      if (at === undefined || (known !== undefined && at === meets)) {
        base = known !== undefined && at !== undefined ? known.base : undefined;
        break;
      }
      const next: ObjectId | 'cut' | undefined = await this.#commits.parent(at);
      if (next === 'cut') {
        base = next;
        break;
      }
      newer.push(Buffer.from(at, 'hex'));
      at = next;
      // Of a branch without end the oldest count.
      if (newer.length > 2 * maxChain) newer.splice(0, maxChain);
      if (newer.length % goSize === 0) await turn(undefined, { signal });
    }
    const older = known !== undefined && at === meets ? known.ids : Buffer.alloc(0);
    return { base, ids: Buffer.concat([older, ...newer.reverse()]).subarray(0, maxChain * idBytes) };
  }

  #keep(device: string, chain: Chain): Chain {
    const before = this.#chains.get(device);
    if (before !== undefined) this.#kept -= before.ids.length / idBytes;
    this.#chains.delete(device);
    this.#chains.set(device, chain);
    this.#kept += chain.ids.length / idBytes;
    for (const [other, { ids }] of this.#chains) {
      if (this.#kept <= maxKept || other === device) break;
      this.#chains.delete(other);
      this.#kept -= ids.length / idBytes;
    }
    return chain;
  }
}

const isId = (base: ObjectId | 'cut' | undefined): base is ObjectId => base !== undefined && base !== 'cut';

function newestOf(chain: Chain): ObjectId | undefined {
  const count = chain.ids.length / idBytes;
  return count === 0 ? undefined : idAt(chain, count - 1);
}

function idAt({ ids }: Chain, index: number): ObjectId {
  return ids.toString('hex', index * idBytes, (index + 1) * idBytes);
}

/** @returns -1 where it is not among them */
function indexIn({ ids }: Chain, id: ObjectId): number {
  const wanted = Buffer.from(id, 'hex');
  let at = ids.lastIndexOf(wanted);
  while (at > 0 && at % idBytes !== 0) at = ids.lastIndexOf(wanted, at - 1);
  return at < 0 ? -1 : at / idBytes;
}
