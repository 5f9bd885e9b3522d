/** The newest commit that the gateway's own walk accepted, across restarts. */
import { readBounded, writeDurably } from '../core/io/durable-file.ts';
import type { ObjectId } from '../core/trust/object-source.ts';
import type { TrustedState } from '../core/trust/walk.ts';

/**
 * @returns undefined when there is none, it is damaged, or it was reached from another anchor: the walk then begins
 * at the anchor, which the configuration pins.
 */
export async function readTrusted(
  path: string,
  anchor: ObjectId,
  fleet: string,
): Promise<TrustedState | undefined> {
  let content: unknown;
  try {
    const bytes = await readBounded(path, 64 * 1024);
    if (bytes === undefined) return undefined;
    content = JSON.parse(bytes.toString('utf8'));
  } catch {
    return undefined;
  }
  const { commit, lineTimeSec, fleet: of, anchor: from } = (content ?? {}) as Record<string, unknown>;
  const fits =
    typeof commit === 'string' &&
    /^[0-9a-f]{40}$/.test(commit) &&
    Number.isSafeInteger(lineTimeSec) &&
    of === fleet &&
    from === anchor;
  return fits ? { commit, lineTimeSec: Number(lineTimeSec), fleet } : undefined;
}

export async function writeTrusted(path: string, anchor: ObjectId, trusted: TrustedState): Promise<void> {
  const { commit, lineTimeSec, fleet } = trusted;
  await writeDurably(path, `${JSON.stringify({ anchor, fleet, commit, lineTimeSec })}\n`);
}
