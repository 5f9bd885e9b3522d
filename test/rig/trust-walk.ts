/** Walks real repositories in tests: a reader of its own for each walk, as a device has for each fetch. */
import { GitCatFileSource } from '../../core/io/git-object-source.ts';
import type { TrustLimits } from '../../core/trust/limits.ts';
import { ObjectReader } from '../../core/trust/object-reader.ts';
import { openAnchor, type TrustedState, type WalkResult, walk } from '../../core/trust/walk.ts';
import type { FleetRepository } from './fleet-repository.ts';

export interface TestWalk {
  /** From the anchor to `head` (default: main) at once: a device that comes back. */
  walk(head?: string, from?: TrustedState): Promise<WalkResult>;
  /** Along every commit of the line, as a device that follows live. */
  follow(commits: readonly string[]): Promise<WalkResult>;
}

export function walkFrom(
  repository: FleetRepository,
  anchor: string,
  limits: Partial<TrustLimits> = {},
): TestWalk {
  const once = async (head: string, from: TrustedState | undefined): Promise<WalkResult> => {
    await using source = new GitCatFileSource(repository.path);
    const reader = new ObjectReader(source, limits);
    const trusted = from ?? (await openAnchor(reader, anchor));
    return await walk({ reader, trusted, head, signal: new AbortController().signal });
  };
  return {
    walk: async (head, from) => once(head ?? (await repository.head()), from),
    follow: async commits => {
      let result = await once(anchor, undefined);
      for (const commit of commits) result = await once(commit, result.trusted);
      return result;
    },
  };
}
