/** What was planned of classes of devices, folded: equal plans stand once, and so does each privilege. */
import { canonicalJson } from '../../core/canonical-json.ts';
import type { ReviewFile } from '../../schemas/types.generated.ts';
import { bounded, firstOf } from './bounded.ts';
import type { ClassPlans, Plan } from './planned-class.ts';

/** What was found of a class of devices. */
export interface Found {
  readonly devices: readonly string[];
  readonly found: ClassPlans;
}

/** A device's own name in its plan is no difference. Names of services and apps are: they are the same for all. */
function withoutName(plan: Plan, device: string): Plan {
  const own = new RegExp(`(?<![\\w-])${device.replace(/[^\w-]/g, '\\$&')}(?![\\w-])`, 'g');
  const hidden = (texts: readonly string[]) => texts.map(text => text.replace(own, '<device>'));
  return {
    ...plan,
    device: hidden(plan.device),
    apps: plan.apps.map(app => ({
      ...app,
      notes: hidden(app.notes),
      services: app.services.map(service => ({ ...service, because: hidden(service.because) })),
      volumes: app.volumes.map(volume => ({ ...volume, name: volume.name.replace(own, '<device>') })),
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
      const shown = isOwn ? withoutName(plan, first) : plan;
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

export function foldedPrivileges(found: readonly Found[]): ReviewFile['privileges'] {
  const counts = new Map<string, ReviewFile['privileges'][number]>();
  for (const {
    devices,
    found: { privileges },
  } of found) {
    const once = new Map(privileges.map(each => [`${each.of}\0${each.what}`, each]));
    for (const [key, { of, what }] of once) {
      const known = counts.get(key);
      const count = (known?.devices ?? 0) + devices.length;
      counts.set(key, { of: bounded(of), what: bounded(what), devices: count });
    }
  }
  return [...counts].sort(([left], [right]) => (left < right ? -1 : 1)).map(([, each]) => each);
}
