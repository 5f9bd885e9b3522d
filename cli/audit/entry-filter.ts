/** Which entries a person asks for. */
import type { AuditEntry } from '../../core/audit/audit-entry.ts';
import { sinceOf } from '../telemetry/since.ts';
import type { AuditFilterOptions } from './audit-options.ts';

export type EntryFilter = (entry: AuditEntry) => boolean;

/** Before the first gateway. */
const [always, never] = [0, Number.POSITIVE_INFINITY];

/** @throws TowlineError CLI_USAGE */
export function entryFilter(options: Omit<AuditFilterOptions, 'repo'>, nowMs: number): EntryFilter {
  const { device, person, type, since, until } = options;
  const fromMs = since === undefined ? always : sinceOf(since, nowMs);
  const toMs = until === undefined ? never : sinceOf(until, nowMs);
  return entry => {
    if (device !== undefined && entry.device !== device) return false;
    if (person !== undefined && entry.person !== person) return false;
    if (type !== undefined && !type.includes(entry.type)) return false;
    const timeMs = Date.parse(entry.time);
    return timeMs >= fromMs && timeMs < toMs;
  };
}
