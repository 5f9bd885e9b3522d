/**
 * What the files say of one device together: fleet < groups by priority < device. Values are deep per key; with each
 * goes the file that gave it.
 */
import type {
  AgentChoice,
  AppAssignment,
  BackupStores,
  EngineAllowance,
  ImagesSettings,
  MetricsSettings,
  Requires,
  Variables,
  Window,
} from '../../schemas/types.generated.ts';
import { adoptionOf } from './adoption.ts';
import type { DeviceLayers } from './fleet.ts';
import { type AppLayer, type MergedApp, mergeAgent, mergeApp, mergeKeys, type Note } from './merged-app.ts';
import { type DesiredTunnel, desiredTunnel } from './tunnel.ts';

/** Value path (JSON pointer, such as `/apps/web/release`) → file that gave it. */
export type Provenance = ReadonlyMap<string, string>;

export interface MergedDevice {
  readonly id: string;
  readonly labels: ReadonlyMap<string, string>;
  readonly variables: ReadonlyMap<string, Variables[string]>;
  /** Sorted by name; those that are taken away by `absent` are not here. */
  readonly apps: readonly MergedApp[];
  /** As an app of the name `_agent`, its version as the release. Absent: nobody chooses one. */
  readonly agent?: MergedApp;
  readonly tunnel: DesiredTunnel;
  readonly windows: readonly Window[];
  readonly paused: boolean;
  readonly engine: EngineAllowance;
  readonly images: ImagesSettings;
  readonly metrics: MetricsSettings;
  readonly requires: Requires;
  /** SOPS file with logins of registries. */
  readonly registryCredentials: string | undefined;
  /** As the files have them: `storesOf` makes them this device's. */
  readonly backupStores: BackupStores;
  readonly provenance: Provenance;
}

interface Layer extends AppLayer {
  readonly path: string;
  readonly value: {
    readonly labels?: Readonly<Record<string, string>>;
    readonly variables?: Variables;
    readonly apps?: Readonly<Record<string, AppAssignment>>;
    readonly agent?: AgentChoice;
    readonly windows?: readonly Window[];
    readonly paused?: boolean;
    readonly engine?: EngineAllowance;
    readonly images?: ImagesSettings;
    readonly telemetry?: { readonly metrics?: MetricsSettings };
    readonly requires?: Requires;
    readonly registryCredentials?: string;
    readonly backupStores?: BackupStores;
  };
}

function mergeRequires(
  layers: readonly { readonly path: string; readonly value: Requires | undefined }[],
  note: Note,
): Requires {
  const merged = mergeKeys<Requires>(layers, '/requires', note);
  if (merged.os === undefined) return merged;
  const each = layers.map(({ path, value }) => ({ path, value: value?.os }));
  return { ...merged, os: mergeKeys<NonNullable<Requires['os']>>(each, '/requires/os', note) };
}

/** Merges the layers of one device. Deterministic: names are sorted. */
export function mergeDevice(layers: DeviceLayers): MergedDevice {
  const provenance = new Map<string, string>();
  const note: Note = (pointer, path) => provenance.set(pointer, path);
  const all: readonly Layer[] = [layers.fleet, ...layers.groups, layers.device];
  const each = <Key extends keyof Layer['value']>(key: Key) =>
    all.map(({ path, value }) => ({ path, value: value[key] }));
  const labels = mergeKeys<Record<string, string>>(each('labels'), '/labels', note);
  const variables = mergeKeys<Variables>(each('variables'), '/variables', note);
  const names = [...new Set(all.flatMap(({ value }) => Object.keys(value.apps ?? {})))].sort();
  const apps = names.map(app => mergeApp(all, app, note)).filter(app => app !== undefined);
  const agent = mergeAgent(all, note);
  const windows = all.findLast(({ value }) => value.windows !== undefined);
  if (windows !== undefined) note('/windows', windows.path);
  const paused = all.findLast(({ value }) => value.paused === true);
  if (paused !== undefined) note('/paused', paused.path);
  const credentials = all.findLast(({ value }) => value.registryCredentials !== undefined);
  if (credentials !== undefined) note('/registryCredentials', credentials.path);
  return {
    id: layers.id,
    labels: new Map(Object.entries(labels)),
    variables: new Map(Object.entries(variables)),
    apps,
    ...(agent === undefined ? {} : { agent }),
    tunnel: desiredTunnel(layers, note),
    windows: windows?.value.windows ?? [],
    paused: paused !== undefined,
    engine: mergeKeys<EngineAllowance>(each('engine').map(adoptionOf(layers.device.path)), '/engine', note),
    images: mergeKeys<ImagesSettings>(each('images'), '/images', note),
    metrics: mergeKeys<MetricsSettings>(
      all.map(({ path, value }) => ({ path, value: value.telemetry?.metrics })),
      '/telemetry/metrics',
      note,
    ),
    requires: mergeRequires(each('requires'), note),
    registryCredentials: credentials?.value.registryCredentials,
    backupStores: mergeKeys<BackupStores>(each('backupStores'), '/backupStores', note),
    provenance: new Map([...provenance].sort(([left], [right]) => (left < right ? -1 : 1))),
  };
}
