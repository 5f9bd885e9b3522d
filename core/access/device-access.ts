/** All that decides who may do what on one device: the same for gateway, agent and desk. */
import type { OperatorFile } from '../../schemas/types.generated.ts';
import type { ReachedDevice } from './reach.ts';
import type { AccessSettings } from './settings.ts';
import type { SeenTunnel } from './tunnel-end.ts';

export interface AccessOperator {
  readonly name: string;
  readonly file: OperatorFile;
  /** Public keys in wire form, base64, that are this person's alone by the history of the fleet. */
  readonly keys: readonly string[];
}

export interface DeviceAccess {
  readonly fleet: string;
  /** The trusted commit that says so: the "why" of a connection's record. */
  readonly commit: string;
  readonly device: ReachedDevice;
  readonly tunnel: SeenTunnel;
  readonly access: AccessSettings;
  /** Those whose own file reaches this device. */
  readonly operators: readonly AccessOperator[];
  /** Wire form, base64: `gateways[].accessKeys`. */
  readonly gatewayKeys: readonly string[];
  /** Wire form, base64: `gateways[].certificateKeys`. */
  readonly certificateKeys: readonly string[];
}
