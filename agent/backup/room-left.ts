/** Room for a backup: looked for before, and watched while it is written. */
import { TowlineError } from '../../core/errors.ts';
import type { RunContext } from '../runtime/engine/run-context.ts';

const watchMs = 300;

const mebibytes = (bytes: number): string => `${Math.ceil(bytes / 1024 / 1024)} MiB`;

export interface RoomAsk {
  /** Where it is written to. */
  readonly folder: string;
  readonly project: string;
  /** That the last one had; 0: nobody knows. */
  readonly expectedBytes: number;
}

/** @throws TowlineError BACKUP_NO_SPACE */
export async function checkRoom(
  { settings }: Pick<RunContext, 'settings'>,
  { folder, project, expectedBytes }: RoomAsk,
): Promise<void> {
  const free = await settings.freeSpace(folder);
  const needed = expectedBytes + settings.minimumFreeBytes;
  if (free === undefined || free >= needed) return;
  throw new TowlineError(
    'BACKUP_NO_SPACE',
    `${mebibytes(free)} are free and ${mebibytes(needed)} are needed: ${project} is not backed up`,
  );
}

/**
 * Ends `work` when the disk gets full by it, or by others meanwhile: others need it, too.
 * @throws TowlineError BACKUP_NO_SPACE; what `work` throws
 */
export async function whileRoomIsLeft<Result>(
  { settings, clock }: Pick<RunContext, 'settings' | 'clock'>,
  { folder, project }: RoomAsk,
  work: (signal: AbortSignal) => Promise<Result>,
  signal: AbortSignal,
): Promise<Result> {
  const full = new AbortController();
  const over = new AbortController();
  const watch = async (): Promise<void> => {
    for (;;) {
      await clock.sleep(watchMs, over.signal);
      const free = await settings.freeSpace(folder);
      if (free === undefined || free >= settings.minimumFreeBytes) continue;
      const message = `the disk gets full, ${mebibytes(free)} are left: ${project} is not backed up`;
      full.abort(new TowlineError('BACKUP_NO_SPACE', message));
      return;
    }
  };
  const watching = watch().catch(() => undefined);
  try {
    return await work(AbortSignal.any([signal, full.signal]));
  } finally {
    over.abort();
    await watching;
  }
}
