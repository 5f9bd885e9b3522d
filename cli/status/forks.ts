/** Whether devices that signed what they trust were shown two histories (docs/trust.md, "Recovery"). */
import { messageOf } from '../../core/errors/cause.ts';
import { isTowlineError } from '../../core/errors.ts';
import { GitCatFileSource } from '../../core/io/git/git-object-source.ts';
import { judgeFork, type OwnWalk } from '../../core/trust/fork.ts';
import { ObjectReader } from '../../core/trust/git/object-reader.ts';
import type { ObjectId } from '../../core/trust/git/object-source.ts';
import { openAnchor } from '../../core/trust/walk.ts';
import { fleetAnchor } from '../desk/agent-file.ts';
import { openRepository } from '../desk/repository.ts';
import type { Reported } from './reports.ts';

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

/** @param directory the person's clone: commits that it cannot obtain are warned of. */
export async function findForks(
  directory: string,
  reports: readonly Reported[],
  signal: AbortSignal,
): Promise<Fork[]> {
  const trusting = new Map<ObjectId, string>();
  for (const { device, status, doubt } of reports) {
    if (status !== undefined && doubt === undefined && !trusting.has(status.trusted.commit))
      trusting.set(status.trusted.commit, device);
  }
  const all = [...trusting].slice(0, maxCommits);
  const [one, other] = all;
  if (one === undefined || other === undefined) return [];
  const late = AbortSignal.timeout(timeoutMs);
  try {
    return await judge(directory, all, AbortSignal.any([signal, late]));
  } catch (error) {
    signal.throwIfAborted();
    if (!late.aborted && !isTowlineError(error)) throw error;
    const reason = late.aborted ? `not within ${timeoutMs / 1000} s` : messageOf(error);
    const why = `whether there is a fork cannot be told: ${reason}`;
    return [{ kind: 'unproven', devices: [one[1], other[1]], commits: [one[0], other[0]], why }];
  }
}

async function judge(
  directory: string,
  all: readonly (readonly [ObjectId, string])[],
  signal: AbortSignal,
): Promise<Fork[]> {
  const { gitDirectory } = await openRepository(directory);
  await using source = new GitCatFileSource(gitDirectory);
  const reader = () => new ObjectReader(source);
  const anchor = await openAnchor(reader(), await fleetAnchor(directory));
  const forks: Fork[] = [];
  const walks = new Map<ObjectId, OwnWalk>();
  for (const [index, [second, secondDevice]] of all.entries()) {
    for (const [first, firstDevice] of all.slice(0, index)) {
      const verdict = await judgeFork({ reader, anchor, first, second, signal, walks });
      if (verdict.kind === 'one-history') continue;
      const why = verdict.kind === 'fork' ? 'two histories were shown, each signed' : verdict.why;
      forks.push({ kind: verdict.kind, devices: [firstDevice, secondDevice], commits: [first, second], why });
    }
  }
  return forks;
}
