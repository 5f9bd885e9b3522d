/** Walks real repositories in tests: a reader of its own for each walk, as a device has for each fetch. */
import assert from 'node:assert/strict';
import { GitCatFileSource } from '../../core/io/git/git-object-source.ts';
import type { TrustLimits } from '../../core/trust/git/limits.ts';
import { ObjectReader } from '../../core/trust/git/object-reader.ts';
import { openAnchor, type TrustedState, type WalkResult, walk } from '../../core/trust/walk.ts';
import type { FleetRepository } from '../../lab/rig/fleet-repository.ts';

export interface TestWalk {
  /**
   * From the anchor to `head` (default: main) at once: a device that comes back after a year. Every such walk is made
   * by a device that follows live, too, and fails unless both reach the same verdict; not so from another state
   * (`from`), or with limits, which hold for each fetch.
   */
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
  const follow = async (commits: readonly string[]): Promise<WalkResult> => {
    let result = await once(anchor, undefined);
    for (const commit of commits) result = await once(commit, result.trusted);
    return result;
  };
  return {
    walk: async (head, from) => {
      const to = head ?? (await repository.head());
      const late = await once(to, from);
      if (from === undefined && Object.keys(limits).length === 0) {
        const live = await follow(await lineTo(repository, anchor, to));
        assert.deepEqual([live.trusted, live.stopped], [late.trusted, late.stopped], 'live and late differ');
      }
      return late;
    },
    follow,
  };
}

/** First parents from after the anchor to `head`, oldest first; `head` alone where it does not descend from the anchor. */
async function lineTo(repository: FleetRepository, anchor: string, head: string): Promise<readonly string[]> {
  const list = repository.git(['rev-list', '--first-parent', '--reverse', head], {
    environment: { GIT_NO_REPLACE_OBJECTS: '1' },
  });
  const line = (await list.catch(() => '')).split('\n');
  // A tag is peeled by git, and by nobody else.
  return line.includes(anchor) && line.at(-1) === head ? line.slice(line.indexOf(anchor) + 1) : [head];
}
