/** Whether devices that signed what they trust were shown two histories (docs/trust.md, "Recovery"). */
import { messageOf } from '../../core/errors/cause.ts';
import { isTowlineError } from '../../core/errors.ts';
import { GitCatFileSource } from '../../core/io/git/git-object-source.ts';
import type { Lineage } from '../../core/status/lineage.ts';
import type { Reported } from '../../core/status/reported.ts';
import { judgeFork, type OwnWalk } from '../../core/trust/fork.ts';
import { ObjectReader } from '../../core/trust/git/object-reader.ts';
import type { ObjectId } from '../../core/trust/git/object-source.ts';
import { openAnchor } from '../../core/trust/walk.ts';
import { fleetAnchor } from '../desk/agent-file.ts';
import { openRepository } from '../desk/repository.ts';

export interface Fork {
  /** `fork`: both commits are accepted from the anchor, which proves it. `unproven`: a warning. */
  readonly kind: 'fork' | 'unproven';
  /** Two devices, and what each of them trusts. */
  readonly devices: readonly [string, string];
  readonly commits: readonly [ObjectId, ObjectId];
  readonly why: string;
}

/** Devices trust few different commits; beyond so many, the rest is looked at when these are sorted out. */
const maxCommits = 32;

/** For all walks together, milliseconds: what they cost is decided by the commits that devices name. */
const timeoutMs = 60_000;

/** Commit → the first device that trusts it; of what their keys have signed. */
export function trustedBy(reports: readonly Reported[]): ReadonlyMap<ObjectId, string> {
  const trusting = new Map<ObjectId, string>();
  for (const { device, status, doubt } of reports) {
    if (trusting.size === maxCommits) break;
    if (status !== undefined && doubt === undefined && !trusting.has(status.trusted.commit))
      trusting.set(status.trusted.commit, device);
  }
  return trusting;
}

export interface ForkSearch {
  /** The person's clone: commits that it cannot obtain are warned of, each once. */
  readonly directory: string;
  readonly trusting: ReadonlyMap<ObjectId, string>;
  /** Of these commits: what lies on one line is no fork, and needs no walk. */
  readonly lineage: Lineage;
}

type Pair = readonly [first: ObjectId, second: ObjectId];

export async function findForks(search: ForkSearch, signal: AbortSignal): Promise<Fork[]> {
  const { trusting } = search;
  const pairs = pairsOf(search);
  const [some] = pairs;
  if (some === undefined) return [];
  const late = AbortSignal.timeout(timeoutMs);
  try {
    return await judge(search, pairs, AbortSignal.any([signal, late]));
  } catch (error) {
    signal.throwIfAborted();
    if (!late.aborted && !isTowlineError(error)) throw error;
    const reason = late.aborted ? `not within ${timeoutMs / 1000} s` : messageOf(error);
    const why = `whether there is a fork cannot be told: ${reason}`;
    return [{ kind: 'unproven', devices: namesOf(trusting, some), commits: some, why }];
  }
}

function pairsOf({ trusting, lineage }: ForkSearch): Pair[] {
  const all = [...trusting.keys()];
  return all.flatMap((second, at) =>
    all
      .slice(0, at)
      .filter(first => !lineage.isOneLine(first, second))
      .map((first): Pair => [first, second]),
  );
}

const namesOf = (trusting: ForkSearch['trusting'], [first, second]: Pair) =>
  [trusting.get(first) ?? '', trusting.get(second) ?? ''] as const;

async function judge(
  { directory, trusting, lineage }: ForkSearch,
  pairs: readonly Pair[],
  signal: AbortSignal,
): Promise<Fork[]> {
  const { gitDirectory } = await openRepository(directory);
  await using source = new GitCatFileSource(gitDirectory);
  const reader = () => new ObjectReader(source);
  const anchor = await openAnchor(reader(), await fleetAnchor(directory));
  const forks: Fork[] = [];
  const walks = new Map<ObjectId, OwnWalk>();
  const unproven = new Set<ObjectId>();
  for (const pair of pairs) {
    // What is not here is asked for first.
    const [first, second] = lineage.has(pair[0]) ? pair : [pair[1], pair[0]];
    // With any other it would be told the same.
    if (pair.some(commit => unproven.has(commit))) continue;
    const verdict = await judgeFork({ reader, anchor, first, second, signal, walks });
    if (verdict.kind === 'one-history') continue;
    if (verdict.kind === 'unproven') unproven.add(verdict.commit);
    const why = verdict.kind === 'fork' ? 'two histories were shown, each signed' : verdict.why;
    forks.push({ kind: verdict.kind, devices: namesOf(trusting, pair), commits: pair, why });
  }
  return forks;
}
