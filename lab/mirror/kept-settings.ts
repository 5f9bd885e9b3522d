/**
 * What of production's files a mirror keeps, key by key. What is not named here is left out: a key that comes with a later version
 * leads to nobody's server before somebody has thought of it.
 */
import type {
  AppFile,
  DeviceFile,
  EngineAllowance,
  FleetFile,
  GroupFile,
  ReleaseFile,
  RolloutFile,
} from '../../schemas/types.generated.ts';

export interface Keeping {
  /** What Compose files may ask of the engine, as production's files say it. False: nothing, for the engine may be this machine's own. */
  readonly engine: boolean;
}

/** Keys that stay as they are. The others are left out, or made anew (`name`, `gateways`, `keys`, `stages`, …). */
export const keptKeys = {
  fleet: ['apiVersion', 'poll', 'telemetry', 'paused', 'compose', 'variables', 'apps', 'requires'],
  group: ['apiVersion', 'priority', 'labels', 'apps', 'variables', 'paused', 'telemetry', 'requires'],
  device: ['apiVersion', 'groups', 'labels', 'apps', 'variables', 'paused', 'telemetry', 'requires'],
  app: [
    ...(['apiVersion', 'compose', 'variables', 'secrets', 'profiles', 'update', 'adopt'] as const),
    ...(['disposableVolumes', 'logs', 'metrics'] as const),
  ],
  release: ['apiVersion', 'version', 'withdrawn', 'breaking', 'migration', 'requires', 'variables'],
  rollout: [
    ...(['apiVersion', 'app', 'from', 'to', 'stage', 'since', 'paused', 'aborted', 'supersedes'] as const),
    ...(['absentAfter', 'darkAfter'] as const),
  ],
} as const satisfies {
  readonly fleet: readonly (keyof FleetFile)[];
  readonly group: readonly (keyof GroupFile)[];
  readonly device: readonly (keyof DeviceFile)[];
  readonly app: readonly (keyof AppFile)[];
  readonly release: readonly (keyof ReleaseFile)[];
  readonly rollout: readonly (keyof RolloutFile)[];
};

/** A copy with these keys alone; those that are not there are left out. */
export function only<Value extends object, Key extends keyof Value>(
  value: Value,
  keys: readonly Key[],
): Pick<Value, Key>;
export function only(value: object, keys: readonly PropertyKey[]): object {
  return Object.fromEntries(Object.entries(value).filter(([key]) => keys.includes(key)));
}

const engineOf = (value: { readonly engine?: EngineAllowance }, { engine }: Keeping) =>
  engine && value.engine !== undefined ? { engine: value.engine } : {};

/** fleet.yaml, still with production's name and gateways: `mirroredFleet` gives it new ones. */
export const keptFleet = (value: FleetFile, keeping: Keeping): FleetFile => ({
  ...only(value, keptKeys.fleet),
  name: value.name,
  gateways: value.gateways,
  ...engineOf(value, keeping),
});

export const keptGroup = (value: GroupFile, keeping: Keeping): GroupFile => ({
  ...only(value, keptKeys.group),
  ...engineOf(value, keeping),
});

export const keptDevice = (value: DeviceFile, keeping: Keeping): DeviceFile => ({
  ...only(value, keptKeys.device),
  ...engineOf(value, keeping),
});

/** Backups before an upgrade belong to what a device does; no copy of them goes anywhere. */
export function keptApp(value: AppFile): AppFile {
  const { to: _store, ...backup } = value.backup ?? {};
  const own = value.backup === undefined ? {} : { backup: { ...backup, volumes: value.backup.volumes } };
  return { ...only(value, keptKeys.app), ...own };
}
