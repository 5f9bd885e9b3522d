/** The steps of a plan that read and write volumes, for the runtime to carry out. */
import type { DataSteps } from '../runtime/engine/run-context.ts';
import { backUp, runBackupHook } from './back-up.ts';
import { restoreVolumes } from './restore-volumes.ts';

export function dataSteps(): DataSteps {
  return { backUp, hook: runBackupHook, restore: restoreVolumes };
}
