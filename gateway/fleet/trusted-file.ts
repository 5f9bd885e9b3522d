/** The newest commit that the gateway's own walk accepted, across restarts. */
import { join } from 'node:path';
import { readBounded, writeDurably } from '../../core/io/file/durable-file.ts';
import { fieldsOf } from '../../core/json.ts';
import type { ObjectId } from '../../core/trust/git/object-source.ts';
import {
  formatTrustedState,
  parseTrustedState,
  type TrustedState,
} from '../../core/trust/line/trusted-state.ts';

export function trustedFileIn(stateDirectory: string): string {
  return join(stateDirectory, 'trusted.json');
}

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
  const { anchor: reachedFrom, trusted } = fieldsOf(content);
  const state = parseTrustedState(trusted);
  return state?.fleet === fleet && reachedFrom === anchor ? state : undefined;
}

export async function writeTrusted(path: string, anchor: ObjectId, trusted: TrustedState): Promise<void> {
  await writeDurably(path, `${JSON.stringify({ anchor, trusted: formatTrustedState(trusted) })}\n`);
}
