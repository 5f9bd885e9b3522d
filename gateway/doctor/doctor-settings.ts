/** What of gateway.yaml is looked at. */
import type { Address } from '../../core/fleet/address.ts';
import type { ObjectId } from '../../core/trust/git/object-source.ts';

export interface DoctorSettings {
  readonly fleet: string;
  readonly anchor: ObjectId;
  readonly stateDirectory: string;
  readonly fleetGit: string;
  readonly telemetryGit: string;
  readonly listen: { readonly devices: Address; readonly people: Address; readonly internal: Address };
}
