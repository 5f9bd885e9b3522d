/** A device as the repository has it, for `device list` and `device show`. */
import { type Fleet, layersOf } from '../../core/fleet/fleet.ts';
import { mergeDevice } from '../../core/fleet/merge.ts';
import { retiredApps } from '../../core/fleet/retired.ts';

export interface AssignedApp {
  readonly app: string;
  readonly release: string | null;
  /** The file that gives the release. */
  readonly from: string | null;
  /** Its own file gives it. */
  readonly pinned?: { readonly until?: string; readonly reason?: string };
  readonly paused: boolean;
}

export interface DeviceRow {
  readonly device: string;
  readonly file: string;
  readonly groups: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
  readonly apps: readonly AssignedApp[];
  readonly paused: boolean;
  readonly revoked: boolean;
  readonly retired: string | null;
  /** `keys`, `token` where it waits to enrol, `none`. */
  readonly enrolled: 'keys' | 'token' | 'none';
}

/** @returns undefined for an id that is none of this fleet */
export function deviceRow(fleet: Fleet, id: string): DeviceRow | undefined {
  const layers = layersOf(fleet, id);
  if (layers === undefined) return undefined;
  const { path, value } = layers.device;
  const merged = mergeDevice(layers);
  const apps = merged.apps.map(({ app, release, paused }) => {
    const from = merged.provenance.get(`/apps/${app}/release`);
    const own = value.apps?.[app];
    const isPin = from === path;
    const pinned = isPin ? { pinned: { ...own?.pinned } } : {};
    return { app, release: release ?? null, from: from ?? null, ...pinned, paused };
  });
  const enrolled = value.keys !== undefined ? 'keys' : value.enrolment !== undefined ? 'token' : 'none';
  return {
    ...{ device: id, file: path, groups: value.groups ?? [], labels: Object.fromEntries(merged.labels) },
    ...{ apps, paused: merged.paused, revoked: value.revoked === true },
    ...{ retired: retiredApps(value) ?? null, enrolled },
  };
}

/** `hello 1.4.2 (pinned until 2026-12-31T00:00:00Z), paused`. */
export function appWords({ app, release, pinned, paused }: AssignedApp): string {
  const until = pinned?.until === undefined ? '' : ` until ${pinned.until}`;
  const pin = pinned === undefined ? '' : ` (pinned${until})`;
  return `${app}${release === null ? '' : ` ${release}`}${pin}${paused ? ', paused' : ''}`;
}

/** What is out of the ordinary: `paused`, `revoked`, `retired: stop`, `no keys`. */
export function stateWords({ paused, revoked, retired, enrolled }: DeviceRow): string {
  const words = [
    ...(revoked ? ['revoked'] : []),
    ...(retired === null ? [] : [`retired: ${retired}`]),
    ...(paused ? ['paused'] : []),
    ...(enrolled === 'keys' ? [] : [enrolled === 'token' ? 'waits to enrol' : 'no keys']),
  ];
  return words.join(', ') || '-';
}

export const labelWords = ({ labels }: DeviceRow): string =>
  Object.entries(labels)
    .map(([key, value]) => `${key}=${value}`)
    .join(',') || '-';
