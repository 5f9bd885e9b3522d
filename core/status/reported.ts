import type { StatusFile } from '../../schemas/types.generated.ts';
import type { ObjectId } from '../trust/git/object-source.ts';

/** What a device said last: its branch of telemetry.git. */
export interface Reported {
  readonly device: string;
  readonly commit: ObjectId;
  /** Only where its key has signed it: of anything else nothing is read. */
  readonly status: StatusFile | undefined;
  /** Why this is not the device's word. */
  readonly doubt: string | undefined;
}
