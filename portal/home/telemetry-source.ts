import type { DeviceReport } from '../../core/telemetry/device-report.ts';
import type { ObjectId, ObjectSource } from '../../core/trust/git/object-source.ts';

export interface TelemetrySource {
  /** Device id → tip of its branch, as it is now. */
  tips(): ReadonlyMap<string, ObjectId>;
  /** A branch has moved, is new or is gone. @returns ends it */
  onMove(listener: (device: string) => void): () => void;
  /** Why what devices say is old or not there at all; absent, or undefined: nothing is in the way. At a desk. */
  readonly trouble?: string | undefined;
  /** Objects of telemetry.git; what dies of it is begun anew. */
  readonly objects: ObjectSource;
  /**
   * What it said last, its signature checked by its key in the fleet that is current.
   * @returns undefined: it has no branch
   * @throws TowlineError TRUST_OBJECT_SOURCE; the signal's reason
   */
  report(device: string, signal: AbortSignal): Promise<DeviceReport | undefined>;
  /** Asks devices to send what they have, while somebody looks (hints). @returns ends it */
  look(who: string, devices: readonly string[]): () => void;
}
