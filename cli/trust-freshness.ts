/** Freshness of a repository, as `fleet.yaml` and refs/towline/timestamp say. */
import { isTowlineError } from '../core/errors.ts';
import {
  type Freshness,
  judgeFreshness,
  type Timestamp,
  timestampRef,
  verifyTimestamp,
} from '../core/trust/timestamp.ts';
import { plainValue, readPlainYaml } from '../core/trust/yaml-node.ts';
import { git } from './git.ts';
import type { TrustWalk } from './trust-walk.ts';

const unitsSec: Readonly<Record<string, number>> = { ms: 0.001, s: 1, m: 60, h: 3600, d: 86400 };

/** @returns undefined when the fleet asks for no timestamp. */
export async function fleetFreshness(walk: TrustWalk, nowSec: number): Promise<Freshness | undefined> {
  const maxAgeSec = await maxAge(walk);
  if (maxAgeSec === undefined) return undefined;
  const reader = walk.reader();
  const { trusted, policies, repository } = walk;
  const args = ['rev-parse', '--verify', '--quiet', timestampRef];
  const id = await git(args, { directory: repository.gitDirectory }).catch(() => '');
  let timestamp: Timestamp | undefined;
  let refusal: string | undefined;
  try {
    if (id !== '') timestamp = await verifyTimestamp({ reader, trusted, id, policies });
  } catch (error) {
    if (!isTowlineError(error, 'TRUST_TIMESTAMP')) throw error;
    refusal = error.message;
  }
  const { signal } = new AbortController();
  const freshness = await judgeFreshness({ reader, trusted, timestamp, nowSec, maxAgeSec, signal });
  return refusal === undefined ? freshness : { ...freshness, reason: refusal };
}

async function maxAge({ reader, trusted }: TrustWalk): Promise<number | undefined> {
  const file = await reader().fileAt(trusted.commit, 'fleet.yaml', 1024 * 1024);
  if (file === undefined) return undefined;
  const fleet = plainValue(readPlainYaml(file.bytes)) as { freshness?: { maxAge?: unknown } };
  const parts = [...String(fleet.freshness?.maxAge ?? '').matchAll(/([0-9]+)(ms|s|m|h|d)/g)];
  if (parts.length === 0) return undefined;
  return parts.reduce((sum, [, count, unit]) => sum + Number(count) * (unitsSec[unit ?? ''] ?? 0), 0);
}
