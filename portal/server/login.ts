/** Somebody who has come in, for as long as they may stay. */
import type { Viewer } from '../home/viewer.ts';

export interface Login {
  readonly viewer: Viewer;
  /** Sent with all that changes something; undefined where no browser adds anything to a request by itself. */
  readonly csrf: string | undefined;
  /** Aborted when it ends: on leaving, after its hours, with the operator's file, with the key by which it was. */
  readonly signal: AbortSignal;
}
