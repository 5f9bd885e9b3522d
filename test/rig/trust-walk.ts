/** Walks real repositories in tests: a reader of its own for each walk, as a device has for each fetch. */
import assert from 'node:assert/strict';
import { GitCatFileSource } from '../../core/io/git/git-object-source.ts';
import type { TrustLimits } from '../../core/trust/git/limits.ts';
import { ObjectReader } from '../../core/trust/git/object-reader.ts';
import type { ObjectSource } from '../../core/trust/git/object-source.ts';
import { openAnchor, type TrustedState, type WalkResult, walk } from '../../core/trust/walk.ts';
import type { FleetRepository } from '../../lab/rig/fleet-repository.ts';

export interface TestWalk {
  /**
   * From the anchor to `head` (default: main) at once: a device that comes back after a year. Every such walk is made
   * by a device that follows live, too, and fails unless both reach the same verdict; not so from another state
   * (`from`), or with limits, which hold for each fetch.
   */
  walk(head?: string, from?: TrustedState): Promise<WalkResult>;
}

/** @param objects Default: what git reads of the repository, by a process for each walk, as on a device. */
export function walkFrom(
  repository: FleetRepository,
  anchor: string,
  limits: Partial<TrustLimits> = {},
  objects?: ObjectSource,
): TestWalk {
  const reading = async (act: (source: ObjectSource) => Promise<WalkResult>): Promise<WalkResult> => {
    if (objects !== undefined) return await act(objects);
    await using source = new GitCatFileSource(repository.path);
    return await act(source);
  };
  const once = async (
    source: ObjectSource,
    head: string,
    from: TrustedState | undefined,
  ): Promise<WalkResult> => {
    const reader = new ObjectReader(source, limits);
    const trusted = from ?? (await openAnchor(reader, anchor));
    return await walk({ reader, trusted, head, signal: new AbortController().signal });
  };
  const follow = async (source: ObjectSource, commits: readonly string[]): Promise<WalkResult> => {
    let result = await once(source, anchor, undefined);
    for (const commit of commits) result = await once(source, commit, result.trusted);
    return result;
  };
  return {
    walk: async (head, from) => {
      const to = head ?? (await repository.head());
      return await reading(async source => {
        const late = await once(source, to, from);
        if (from === undefined && Object.keys(limits).length === 0) {
          const live = await follow(source, await lineTo(source, anchor, to));
          assert.deepEqual(
            [live.trusted, live.stopped],
            [late.trusted, late.stopped],
            'live and late differ',
          );
        }
        return late;
      });
    },
  };
}

/** First parents from after the anchor to `head`, oldest first; `head` alone where it does not descend from the anchor. */
async function lineTo(source: ObjectSource, anchor: string, head: string): Promise<readonly string[]> {
  const line: string[] = [];
  for (let at: string | undefined = head; at !== undefined && at !== anchor; ) {
    line.unshift(at);
    const object = await source.read(at);
    const headers = object?.type === 'commit' ? Buffer.from(object.bytes).toString('latin1') : '';
    at = /^tree .*\nparent ([0-9a-f]{40})\n/.exec(headers)?.[1];
    if (at === undefined) return [head];
  }
  return line;
}
