/** Where the entries of a container's log are read from. */
import type { ContainerLog } from './container-log.ts';

export interface ReadOptions {
  readonly log: ContainerLog;
  /** To be called after each batch; while it is pending nothing is read. */
  readonly breathe: () => Promise<void> | undefined;
  /** To be called when all that is there was read, where more may come. */
  readonly caughtUp: () => void;
  readonly signal: AbortSignal;
}

export interface LogSource {
  /**
   * From the log's position on.
   * @returns when all was read that there is for now, and nothing more comes before the container starts again, or `again` asks
   * for it after a pause
   * @throws TowlineError ENGINE_…; what reading a file throws; the signal's reason
   */
  read(options: ReadOptions): Promise<'ended' | 'again'>;
}
