import type { AuditEntry } from '../../core/audit/audit-entry.ts';

/** What does not stand in columns of its own. */
export function detailsOf({ from, app = '', release = '', commit, code, words, more }: AuditEntry): string {
  const parts = [`${app} ${release}`.trim(), code, words, from];
  const counted = more === undefined ? undefined : `and ${more} more`;
  return [...parts, commit === undefined ? undefined : `commit ${commit}`, counted]
    .filter(Boolean)
    .join('; ');
}
