/**
 * What the files say of one device together: fleet < groups by priority < device. Values are deep per key; with each
 * goes the file that gave it.
 */
import type {
  AppAssignment,
  BackupStores,
  EngineAllowance,
  ImagesSettings,
  MetricsSettings,
  Requires,
  Update,
  Variables,
  Window,
} from '../../schemas/types.generated.ts';
import { adoptionOf } from './adoption.ts';
import type { DeviceLayers } from './fleet.ts';
import { pointerOf } from './json-pointer.ts';
import { type DesiredTunnel, desiredTunnel } from './tunnel.ts';

/** Value path (JSON pointer, such as `/apps/web/release`) → file that gave it. */
export type Provenance = ReadonlyMap<string, string>;

/** A release that one device has for itself: no rollout moves it. */
export interface Pin {
  /** Milliseconds since the epoch; absent: it has no end. */
  readonly untilMs?: number;
  readonly reason?: string;
  /** What fleet.yaml and groups give. */
  readonly beneath: string | undefined;
}

/** An app as this device has it. */
export interface MergedApp {
  readonly app: string;
  readonly release: string | undefined;
  /** The device's own file gives the release. */
  readonly pin?: Pin;
  /** The release whose images come ahead; undefined where it is the one above. */
  readonly next: string | undefined;
  /** The variables of the files and, where it is narrower, of the app's assignment in them. */
  readonly variables: ReadonlyMap<string, Variables[string]>;
  readonly profiles: readonly string[] | undefined;
  /** SOPS files of the assignments, the widest first; they come after those of the app itself. */
  readonly secrets: readonly string[];
  readonly update: Update;
  readonly paused: boolean;
  /** Sum over the files, so that raising it in any of them counts. */
  readonly retry: number;
}

export interface MergedDevice {
  readonly id: string;
  readonly labels: ReadonlyMap<string, string>;
  readonly variables: ReadonlyMap<string, Variables[string]>;
  /** Sorted by name; those that are taken away by `absent` are not here. */
  readonly apps: readonly MergedApp[];
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

interface Layer {
  readonly path: string;
  readonly value: {
    readonly labels?: Readonly<Record<string, string>>;
    readonly variables?: Variables;
    readonly apps?: Readonly<Record<string, AppAssignment>>;
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

type Note = (pointer: string, path: string) => void;

function mergeKeys<Value extends object>(
  layers: readonly { readonly path: string; readonly value: Value | undefined }[],
  pointer: string,
  note: Note,
): Value {
  const merged = new Map<string, unknown>();
  for (const { path, value } of layers) {
    for (const [key, item] of Object.entries(value ?? {})) {
      merged.set(key, item);
      note(pointer + pointerOf([key]), path);
    }
  }
  // No narrowing: each key has a value that one of the layers had there.
  return Object.fromEntries([...merged].sort(([left], [right]) => (left < right ? -1 : 1))) as Value;
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

/** @param given from wide to narrow @param own the device's own file */
function pinOf(
  given: readonly { readonly path: string; readonly assignment: AppAssignment }[],
  own: string,
): Pick<MergedApp, 'pin'> {
  const last = given.findLast(({ assignment }) => assignment.release !== undefined);
  if (last?.path !== own) return {};
  const beneath = given.findLast(({ path, assignment }) => path !== own && assignment.release !== undefined);
  const { until, reason } = last.assignment.pinned ?? {};
  return {
    pin: {
      ...(until === undefined ? {} : { untilMs: Date.parse(until) }),
      ...(reason === undefined ? {} : { reason }),
      beneath: beneath?.assignment.release,
    },
  };
}

function mergeApp(layers: readonly Layer[], app: string, note: Note): MergedApp | undefined {
  const given = layers.flatMap(({ path, value }) => {
    const assignment = value.apps?.[app];
    return assignment === undefined ? [] : [{ path, assignment }];
  });
  if (given.findLast(({ assignment }) => assignment.absent !== undefined)?.assignment.absent === true) {
    return undefined;
  }
  const pointer = `/apps/${app}`;
  const narrowest = <Key extends 'release' | 'next' | 'profiles'>(
    key: Key,
  ): AppAssignment[Key] | undefined => {
    const found = given.findLast(({ assignment }) => assignment[key] !== undefined);
    if (found !== undefined) note(`${pointer}/${key}`, found.path);
    return found?.assignment[key];
  };
  const paused = given.findLast(({ assignment }) => assignment.paused === true);
  if (paused !== undefined) note(`${pointer}/paused`, paused.path);
  for (const { path, assignment } of given) if (assignment.retry) note(`${pointer}/retry`, path);
  const secrets = given.flatMap(({ path, assignment }) => {
    if (assignment.secrets !== undefined) note(`${pointer}/secrets`, path);
    return assignment.secrets ?? [];
  });
  const variables = layers.flatMap(({ path, value }) => [
    { path, value: value.variables },
    { path, value: value.apps?.[app]?.variables },
  ]);
  const release = narrowest('release');
  const next = narrowest('next');
  return {
    app,
    release,
    ...pinOf(given, layers.at(-1)?.path ?? ''),
    next: next === release ? undefined : next,
    variables: new Map(Object.entries(mergeKeys<Variables>(variables, `${pointer}/variables`, note))),
    profiles: narrowest('profiles'),
    secrets,
    update: mergeKeys<Update>(
      given.map(({ path, assignment }) => ({ path, value: assignment.update })),
      `${pointer}/update`,
      note,
    ),
    paused: paused !== undefined,
    retry: given.reduce((sum, { assignment }) => sum + (assignment.retry ?? 0), 0),
  };
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
