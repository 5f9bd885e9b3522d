/** What was planned of classes of devices, folded: equal plans stand once, and so does each privilege. */
import { canonicalJson } from '../../core/canonical-json.ts';
import { weightOf } from '../../core/review/needed-privileges.ts';
import type { ReviewFile } from '../../schemas/types.generated.ts';
import { bounded, firstOf } from './bounded.ts';
import type { ClassPlans, Plan } from './planned-class.ts';

/** What was found of a class of devices. */
export interface Found {
  readonly devices: readonly string[];
  readonly found: ClassPlans;
}

/** A device's own name is no difference. @returns what takes it out of a text */
function nameless(device: string): (text: string) => string {
  const own = new RegExp(`(?<![A-Za-z0-9])${device.replace(/[^\w-]/g, '\\$&')}(?![A-Za-z0-9])`, 'g');
  return text => text.replace(own, '<device>');
}

/** Names of services and apps stay: they are the same for all. */
function withoutName(plan: Plan, hidden: (text: string) => string): Plan {
  return {
    ...plan,
    device: plan.device.map(hidden),
    apps: plan.apps.map(app => ({
      ...app,
      notes: app.notes.map(hidden),
      services: app.services.map(service => ({ ...service, because: service.because.map(hidden) })),
      volumes: app.volumes.map(volume => ({ ...volume, name: hidden(volume.name) })),
    })),
  };
}

/** Most devices first; of equal ones, by their first device. */
export function foldedPlans(found: readonly Found[]): ReviewFile['plans'] {
  const folded = new Map<string, { devices: string[]; plan: Plan }>();
  for (const {
    devices,
    found: { plans, isOwn },
  } of found)
    for (const plan of plans) {
      const [first = ''] = devices;
      const shown = isOwn ? withoutName(plan, nameless(first)) : plan;
      const key = canonicalJson(shown);
      const known = folded.get(key);
      if (known === undefined) folded.set(key, { devices: [...devices], plan: shown });
      else known.devices.push(...devices);
    }
  return [...folded.values()]
    .map(({ devices, plan }) => ({ devices: firstOf(devices.sort()), ...plan }))
    .sort((left, right) => right.devices.count - left.devices.count || order(left, right));
}

const order = (left: ReviewFile['plans'][number], right: ReviewFile['plans'][number]) =>
  (left.devices.first[0] ?? '') < (right.devices.first[0] ?? '') ? -1 : 1;

/** The heaviest first, as people see some of many. */
export function foldedPrivileges(found: readonly Found[]): ReviewFile['privileges'] {
  const counts = new Map<string, ReviewFile['privileges'][number]>();
  for (const { devices, found: known } of found) {
    const hidden = known.isOwn ? nameless(devices[0] ?? '') : (text: string) => text;
    const shown = known.privileges.map(({ of, what }) => ({ of: bounded(of), what: bounded(hidden(what)) }));
    for (const [key, each] of new Map(shown.map(one => [`${one.of}\0${one.what}`, one]))) {
      const count = (counts.get(key)?.devices ?? 0) + devices.length;
      counts.set(key, { ...each, devices: count });
    }
  }
  const sorted = [...counts].sort(([left], [right]) => (left < right ? -1 : 1)).map(([, each]) => each);
  return sorted.sort((left, right) => weightOf(left) - weightOf(right));
}
