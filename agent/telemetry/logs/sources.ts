/** By which way the log of a container is read. */
import type { Clock } from '../../../core/io/clock.ts';
import type { Log } from '../../../core/log.ts';
import type { ContainerLog } from './container-log.ts';
import { EngineSource, type LogRuntime } from './engine-source.ts';
import type { LogSource } from './log-source.ts';

export interface SourcesOptions {
  readonly runtime: LogRuntime;
  readonly clock: Clock;
  readonly told: Pick<Log, 'info'>;
}

/** @returns undefined: its driver keeps nothing that could be read */
export function sources({ runtime }: SourcesOptions) {
  return async (log: ContainerLog, signal: AbortSignal): Promise<LogSource | undefined> => {
    const place = await runtime.logPlace(log.container.id, signal);
    if (place.driver === 'none') return undefined;
    return new EngineSource(runtime, place);
  };
}
