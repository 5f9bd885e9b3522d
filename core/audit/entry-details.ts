import type { AuditEntry } from './audit-entry.ts';

/** What does not stand in columns of its own. */
export function entryDetails({
  from,
  app = '',
  release = '',
  commit,
  code,
  words,
  more,
}: AuditEntry): string {
  const parts = [`${app} ${release}`.trim(), code, words, from];
  const counted = more === undefined ? undefined : `and ${more} more`;
  return [...parts, commit === undefined ? undefined : `commit ${commit}`, counted]
    .filter(Boolean)
    .join('; ');
}
