import type { Way } from '../api/types.generated.ts';
import type { Viewer } from './viewer.ts';

/** How a change is signed and pushed from here. */
export interface ChangeHome {
  /** Every way of signing, those that are closed with the reason. */
  ways(viewer: Viewer): readonly Way[];
}
