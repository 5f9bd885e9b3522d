/** Which devices a selector means. */
import type { Selector } from '../../schemas/types.generated.ts';
import type { DeviceLayers } from './fleet.ts';
import { mergeDevice } from './merge.ts';

/** What a selector looks at. Labels are the merged ones. */
export interface Selectable {
  readonly id: string;
  readonly groups: readonly string[];
  readonly labels: ReadonlyMap<string, string>;
}

/** As `mergeDevice` has them: the narrowest layer that names one decides. */
export const labelsOf = ({ groups, device }: DeviceLayers): ReadonlyMap<string, string> =>
  new Map([...groups, device].flatMap(({ value }) => Object.entries(value.labels ?? {})));

export function selectable(layers: DeviceLayers): Selectable {
  return { id: layers.id, groups: layers.device.value.groups ?? [], labels: mergeDevice(layers).labels };
}

/** All conditions must hold; an empty selector matches none. */
export function matches(selector: Selector, device: Selectable): boolean {
  const labels = Object.entries(selector.labels ?? {});
  const conditions = [
    selector.all,
    selector.devices?.includes(device.id),
    selector.groups?.some(group => device.groups.includes(group)),
    selector.labels === undefined
      ? undefined
      : labels.length > 0 && labels.every(([key, value]) => device.labels.get(key) === value),
  ].filter(condition => condition !== undefined);
  return conditions.length > 0 && conditions.every(Boolean);
}
