import type { AccessOperator, DeviceAccess } from '../../core/access/device-access.ts';

/** One device's access in a view. Who reaches it is asked of everybody, and only when somebody wants to know. */
export class ViewAccess implements DeviceAccess {
  readonly fleet: DeviceAccess['fleet'];
  readonly commit: DeviceAccess['commit'];
  readonly device: DeviceAccess['device'];
  readonly tunnel: DeviceAccess['tunnel'];
  readonly access: DeviceAccess['access'];
  readonly gatewayKeys: DeviceAccess['gatewayKeys'];
  readonly certificateKeys: DeviceAccess['certificateKeys'];
  readonly #whoReaches: () => readonly AccessOperator[];
  #operators: readonly AccessOperator[] | undefined;

  constructor(content: Omit<DeviceAccess, 'operators'>, whoReaches: () => readonly AccessOperator[]) {
    this.fleet = content.fleet;
    this.commit = content.commit;
    this.device = content.device;
    this.tunnel = content.tunnel;
    this.access = content.access;
    this.gatewayKeys = content.gatewayKeys;
    this.certificateKeys = content.certificateKeys;
    this.#whoReaches = whoReaches;
  }

  get operators(): readonly AccessOperator[] {
    this.#operators ??= this.#whoReaches();
    return this.#operators;
  }
}
