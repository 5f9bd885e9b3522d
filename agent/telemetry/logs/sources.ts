/** By which way the log of a container is read: from the engine's file where that can be opened, else by the engine. */
import { errnoOf, messageOf } from '../../../core/errors/cause.ts';
import { isTowlineError } from '../../../core/errors.ts';
import type { Clock } from '../../../core/io/clock.ts';
import type { Log } from '../../../core/log.ts';
import type { ContainerLog } from './container-log.ts';
import { EngineSource, type LogRuntime } from './engine-source.ts';
import { openPlain } from './file-chain.ts';
import { FileSource } from './file-source.ts';
import { jsonFileFormat } from './json-file-format.ts';
import { localFormat } from './local-format.ts';
import { FormatError, type LogFormat } from './log-format.ts';
import type { LogSource } from './log-source.ts';
import type { PieceBuffers } from './piece-buffers.ts';

export interface SourcesOptions {
  readonly runtime: LogRuntime;
  readonly clock: Clock;
  readonly told: Pick<Log, 'info'>;
  /** Of all containers. */
  readonly buffers: PieceBuffers;
}

const formats: ReadonlyMap<string, LogFormat> = new Map([
  ['json-file', jsonFileFormat],
  ['local', localFormat],
]);

/** @returns what finds the source of a log; undefined: its driver keeps nothing that could be read */
export function sources({ runtime, clock, told, buffers }: SourcesOptions) {
  /** A file that is not what its driver writes is not opened again. */
  let isForeign = false;
  return async (log: ContainerLog, signal: AbortSignal): Promise<LogSource | undefined> => {
    const place = await runtime.logPlace(log.container.id, signal);
    if (place.driver === 'none') return undefined;
    const { file } = place;
    const format = formats.get(place.driver);
    const byEngine = new EngineSource(runtime, place);
    if (isForeign || file === undefined || format === undefined || !(await canRead(file))) {
      log.moveTo(undefined);
      return byEngine;
    }
    log.linesEnd('by the next');
    const hasEnded = async () => (await runtime.logPlace(log.container.id, signal)).hasEnded;
    const byFile = new FileSource(file, format, { place, clock, buffers, hasEnded });
    return {
      read: options =>
        byFile.read(options).catch((error: unknown) => {
          // Also one that may be opened, and others of it not; one that cannot be read to its end.
          const isOfFile = error instanceof FormatError || isOfSystem(error);
          if (options.signal.aborted || !isOfFile) throw error;
          isForeign = true;
          told.info({ file, reason: messageOf(error) }, 'the log of a container is read by the engine');
          log.moveTo(undefined);
          return 'again';
        }),
    };
  };
}

function isOfSystem(error: unknown): boolean {
  return /^E[A-Z0-9]+$/.test(errnoOf(error) ?? '') && !isTowlineError(error);
}

/** It is there, and a privilege or its mode lets us. */
async function canRead(file: string): Promise<boolean> {
  try {
    await (await openPlain(file)).close();
    return true;
  } catch {
    return false;
  }
}
