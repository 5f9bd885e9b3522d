/** Freshness of a repository, as `fleet.yaml` and refs/towline/timestamp say. */

import { isTowlineError } from '../../core/errors.ts';
import { fieldsOf } from '../../core/json.ts';
import { type Freshness, judgeFreshness } from '../../core/trust/freshness.ts';
import { plainValue, readPlainYaml } from '../../core/trust/git/yaml-node.ts';
import { isOnLine } from '../../core/trust/line/line.ts';
import { type Timestamp, timestampRef, verifyTimestamp } from '../../core/trust/timestamp.ts';
import type { WalkStop } from '../../core/trust/walk.ts';
import { git } from '../desk/git.ts';
import type { TrustWalk } from './walk.ts';

const unitsSec: Readonly<Record<string, number>> = { ms: 0.001, s: 1, m: 60, h: 3600, d: 86400 };

/** @returns undefined when the fleet asks for no timestamp. */
export async function fleetFreshness(walk: TrustWalk, nowSec: number): Promise<Freshness | undefined> {
  const maxAgeSec = await maxAge(walk);
  if (maxAgeSec === undefined) return undefined;
  const reader = walk.reader();
  const { trusted } = walk;
  const { timestamp, refusal } = await newestTimestamp(walk);
  const { signal } = new AbortController();
  const freshness = await judgeFreshness({ reader, trusted, timestamp, nowSec, maxAgeSec, signal });
  return refusal === undefined ? freshness : { ...freshness, reason: refusal };
}

/** What the repository's newest statement says, or why it says nothing. */
async function newestTimestamp(
  walk: TrustWalk,
): Promise<{ readonly timestamp?: Timestamp; readonly refusal?: string }> {
  const { trusted, policies, repository } = walk;
  const args = ['rev-parse', '--verify', '--quiet', timestampRef];
  const id = await git(args, { directory: repository.gitDirectory }).catch(() => '');
  if (id === '') return {};
  try {
    return { timestamp: await verifyTimestamp({ reader: walk.reader(), trusted, id, policies }) };
  } catch (error) {
    if (!isTowlineError(error, 'TRUST_TIMESTAMP')) throw error;
    return { refusal: error.message };
  }
}

/**
 * A walk of one's own may accept a merge that puts behind its second parent what the bot, and devices, have followed.
 * @returns why it must not be main; undefined when the newest statement's head is on the line, or goes on from it
 */
export async function besideTimestamp(walk: TrustWalk, signal: AbortSignal): Promise<WalkStop | undefined> {
  const { timestamp } = await newestTimestamp(walk);
  const { head: commit, trusted } = walk;
  if (timestamp === undefined || walk.stopped !== undefined) return undefined;
  if (await isOnLine(walk.reader(), timestamp.head, trusted.commit, signal)) return undefined;
  if (await isOnLine(walk.reader(), trusted.commit, timestamp.head, signal)) return undefined;
  const message = `the newest timestamp names ${timestamp.head}, which is not among the first parents of ${commit}`;
  return { code: 'TRUST_OFF_THE_LINE', commit, message, vouched: [], missing: [] };
}

async function maxAge({ reader, trusted }: TrustWalk): Promise<number | undefined> {
  const file = await reader().fileAt(trusted.commit, 'fleet.yaml', 1024 * 1024);
  if (file === undefined) return undefined;
  const fleet = fieldsOf(plainValue(readPlainYaml(file.bytes)));
  const { maxAge } = fieldsOf(fleet.freshness);
  const parts = [...String(maxAge ?? '').matchAll(/([0-9]+)(ms|s|m|h|d)/g)];
  if (parts.length === 0) return undefined;
  return parts.reduce((sum, [, count, unit]) => sum + Number(count) * (unitsSec[unit ?? ''] ?? 0), 0);
}
