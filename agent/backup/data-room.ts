/** What the parts of this room share. */
import type { Owner } from '../../core/plan/container/labels.ts';
import type { Engine } from '../runtime/engine/engine.ts';

export interface DataRoom {
  /** Path of the archive of the helper image. */
  readonly helperImage: string;
  /** Where backups lie, a folder for each project. The engine sees it under the same path. */
  readonly backupDirectory: string;
  /** Random, of this process: a helper that bears another one was left by an agent that was killed. */
  readonly run: string;
}

/** Where helpers run. */
export interface HelperHost {
  readonly engine: Engine;
  readonly owner: Owner;
  readonly room: Pick<DataRoom, 'helperImage' | 'run'>;
}
