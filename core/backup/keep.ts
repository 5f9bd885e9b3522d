/** Which backups of an app go once there is a newer one. */
import type { BackupSummary } from './manifest.ts';
import type { BackupKeep } from './settings.ts';

export interface KeepContext {
  readonly nowMs: number;
  /** Ids that a restore, or an update that is not over yet, needs. */
  readonly needed: ReadonlySet<string>;
}

/**
 * The newest always stays, and what is needed; of the others the newest ones that are still allowed beside them.
 * @param backups newest first
 * @returns ids of those that go, oldest first
 */
export function superfluous(
  backups: readonly Pick<BackupSummary, 'id' | 'atMs' | 'bytes'>[],
  { number, ageMs = Number.POSITIVE_INFINITY, bytes: most = Number.POSITIVE_INFINITY }: BackupKeep,
  { nowMs, needed }: KeepContext,
): string[] {
  const isHeld = ({ id }: { readonly id: string }): boolean => id === backups[0]?.id || needed.has(id);
  const held = backups.filter(isHeld);
  const others = backups.filter(backup => !isHeld(backup));
  let total = held.reduce((sum, { bytes }) => sum + bytes, 0);
  let stay = 0;
  for (const { bytes, atMs } of others) {
    total += bytes;
    if (held.length + stay >= number || total > most || nowMs - atMs > ageMs) break;
    stay += 1;
  }
  return others
    .slice(stay)
    .map(({ id }) => id)
    .reverse();
}
