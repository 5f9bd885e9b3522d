/** What a store says that it has: restic's list of snapshots, as untrusted as the store. */
import { TowlineError } from '../errors.ts';
import { fieldsOf } from '../json.ts';

export interface StoredBackup {
  readonly backup: string;
  /** Absent: it was not copied to its end. */
  readonly project?: string;
  /** When its last snapshot was made, milliseconds since the epoch. */
  readonly atMs: number;
  /** Ids of its snapshots. */
  readonly snapshots: readonly string[];
}

const backupTag = /^backup=([0-9]{8}T[0-9]{6}Z-[0-9a-f]{8})$/;
const projectTag = /^project=([A-Za-z0-9_][A-Za-z0-9_.-]{0,254})$/;

function textsOf(value: unknown): string[] {
  return Array.isArray(value) ? value.filter(each => typeof each === 'string') : [];
}

const tagIn = (tags: readonly string[], form: RegExp): string | undefined =>
  tags.map(tag => form.exec(tag)?.[1]).find(name => name !== undefined);

/** @param text of `restic snapshots --json`. @returns newest first. @throws TowlineError BACKUP_STORE_DAMAGED */
export function parseStored(text: string): readonly StoredBackup[] {
  let list: unknown;
  try {
    list = JSON.parse(text);
  } catch (cause) {
    throw new TowlineError('BACKUP_STORE_DAMAGED', 'the list of snapshots is no JSON', { cause });
  }
  const found = new Map<string, StoredBackup>();
  for (const item of Array.isArray(list) ? list : []) {
    const { id, time, tags: said } = fieldsOf(item);
    const tags = textsOf(said);
    const backup = tagIn(tags, backupTag);
    if (backup === undefined || typeof id !== 'string' || !/^[0-9a-f]{64}$/.test(id)) continue;
    const before = found.get(backup) ?? { backup, atMs: 0, snapshots: [] };
    const project = tags.includes('whole') ? tagIn(tags, projectTag) : before.project;
    const madeMs = typeof time === 'string' ? Date.parse(time) : 0;
    found.set(backup, {
      backup,
      ...(project === undefined ? {} : { project }),
      atMs: Math.max(before.atMs, Number.isNaN(madeMs) ? 0 : madeMs),
      snapshots: [...before.snapshots, id],
    });
  }
  return [...found.values()].sort((left, right) => (left.backup < right.backup ? 1 : -1));
}

export interface KeepRule {
  /** Of each project the newest. */
  readonly last: number;
  /** And the newest of so many days that have one. */
  readonly daily: number;
}

/** A copy that is younger may be under way, milliseconds. */
const underWayMs = 24 * 60 * 60_000;

/** @returns those that go, newest first: beyond the rule, or never ended */
export function prunable(
  stored: readonly StoredBackup[],
  { last, daily }: KeepRule,
  nowMs: number,
): StoredBackup[] {
  const kept = new Map<string, { count: number; days: Set<string> }>();
  return stored.filter(({ backup, project, atMs }) => {
    if (project === undefined) return nowMs - atMs > underWayMs;
    const seen = kept.get(project) ?? { count: 0, days: new Set<string>() };
    kept.set(project, seen);
    seen.count += 1;
    const day = backup.slice(0, 8);
    const isNewDay = !seen.days.has(day) && seen.days.size < daily;
    if (isNewDay) seen.days.add(day);
    return seen.count > last && !isNewDay;
  });
}
