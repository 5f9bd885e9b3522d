/** What was planned of classes of devices, folded: equal plans stand once, and so does each privilege. */
import { canonicalJson } from '../../core/canonical-json.ts';
import { weightOf } from '../../core/review/needed-privileges.ts';
import type { ReviewFile } from '../../schemas/types.generated.ts';
import { bounded, firstOf } from './bounded.ts';
import { nameless } from './nameless.ts';
import type { ClassPlans, Plan } from './planned-class.ts';

/** What was found of a class of devices. */
export interface Found {
  readonly devices: readonly string[];
  readonly found: ClassPlans;
}

/** Of the same words: more of them are told by their number alone. */
const mostKinds = 4;

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

interface Folded {
  readonly devices: string[];
  readonly plan: Plan;
}

/** Equal in words: each kind by itself, where its values are others; of many kinds all, and how many they are. */
function byKind(kinds: ReadonlyMap<string, Folded>): Folded[] {
  const all = [...kinds.values()];
  if (all.length === 1) return all;
  const said = (plan: Plan, word: string) => ({ ...plan, device: [word, ...plan.device] });
  const apart = 'others would do the same by these words, with other values';
  if (all.length <= mostKinds) return all.map(({ devices, plan }) => ({ devices, plan: said(plan, apart) }));
  const devices = all.flatMap(each => each.devices);
  return all.slice(0, 1).map(({ plan }) => ({
    devices,
    plan: said(plan, `${all.length} kinds of it, by values of their own`),
  }));
}

/** Most devices first; of equal ones, by their first device. */
export function foldedPlans(found: readonly Found[]): ReviewFile['plans'] {
  const folded = new Map<string, Map<string, Folded>>();
  for (const {
    devices,
    found: { plans, isOwn },
  } of found)
    for (const { plan, kind } of plans) {
      const [first = ''] = devices;
      const shown = isOwn ? withoutName(plan, nameless(first)) : plan;
      const key = canonicalJson(shown);
      const kinds = folded.get(key) ?? new Map<string, Folded>();
      folded.set(key, kinds);
      const known = kinds.get(kind);
      if (known === undefined) kinds.set(kind, { devices: [...devices], plan: shown });
      else known.devices.push(...devices);
    }
  return [...folded.values()]
    .flatMap(byKind)
    .map(({ devices, plan }) => ({ devices: firstOf(devices.sort()), ...plan }))
    .sort((left, right) => right.devices.count - left.devices.count || order(left, right));
}

const order = (left: ReviewFile['plans'][number], right: ReviewFile['plans'][number]) =>
  (left.devices.first[0] ?? '') < (right.devices.first[0] ?? '') ? -1 : 1;

/** The heaviest first, as people see some of many; weighed before anything of it is cut or hidden. */
export function foldedPrivileges(found: readonly Found[]): ReviewFile['privileges'] {
  const counts = new Map<string, ReviewFile['privileges'][number] & { readonly weight: number }>();
  for (const { devices, found: known } of found) {
    const hidden = known.isOwn ? nameless(devices[0] ?? '') : (text: string) => text;
    for (const [key, each] of new Map(known.privileges.map(one => [`${one.of}\0${hidden(one.what)}`, one]))) {
      const count = (counts.get(key)?.devices ?? 0) + devices.length;
      const { of, what } = each;
      const weight = weightOf(each);
      counts.set(key, { of: bounded(of), what: bounded(hidden(what)), devices: count, weight });
    }
  }
  const sorted = [...counts].sort(([left], [right]) => (left < right ? -1 : 1)).map(([, each]) => each);
  return sorted
    .sort((left, right) => left.weight - right.weight)
    .map(({ of, what, devices }) => ({ of, what, devices }));
}
