/** What main says of one device, as far as lists and counts need it. */
import { type DeviceLayers, type Fleet, layersOf } from '../../../core/fleet/fleet.ts';
import { labelsOf } from '../../../core/fleet/selector.ts';
import { type DesiredTunnel, desiredTunnel } from '../../../core/fleet/tunnel.ts';
import { type WantedApp, wantedIn } from '../../../core/status/device-words.ts';
import type { DeviceFile } from '../../../schemas/types.generated.ts';

export interface WantedPin {
  readonly app: string;
  readonly release: string | undefined;
  readonly untilMs: number | undefined;
  readonly reason: string | undefined;
  /** What it would have without. */
  readonly beneath: string | undefined;
}

export interface WantedFacts {
  /** Undefined: the fleet does not have it, and only its branch is there. */
  readonly file: DeviceFile | undefined;
  readonly revoked: boolean;
  readonly retired: boolean;
  readonly groups: readonly string[];
  readonly labels: ReadonlyMap<string, string>;
  readonly apps: readonly WantedApp[];
  readonly pins: readonly WantedPin[];
  readonly tunnel: Pick<DesiredTunnel, 'state' | 'untilMs' | 'reason'>;
}

/** Of a device that the fleet does not have. */
export const nothingWanted: WantedFacts = {
  ...{ file: undefined, revoked: false, retired: false, groups: [], labels: new Map() },
  ...{ apps: [], pins: [], tunnel: { state: 'closed' } },
};

/** Of one fleet: what many devices share is merged once. */
export function wantedFactsIn(fleet: Fleet): (device: string) => WantedFacts {
  const appsOf = wantedIn({ fleet });
  const known = new Map<string, WantedFacts>();
  return id => {
    const found = known.get(id);
    if (found !== undefined) return found;
    const layers = layersOf(fleet, id);
    const facts = layers === undefined ? nothingWanted : ofLayers(layers, appsOf(id));
    if (layers !== undefined) known.set(id, facts);
    return facts;
  };
}

function ofLayers(layers: DeviceLayers, apps: readonly WantedApp[]): WantedFacts {
  const file = layers.device.value;
  const { state, untilMs, reason } = desiredTunnel(layers);
  const pins = apps.flatMap(({ app, release, pin }) =>
    pin === undefined
      ? []
      : [{ app, release, untilMs: pin.untilMs, reason: pin.reason, beneath: pin.beneath }],
  );
  return {
    ...{ file, apps, pins, groups: file.groups ?? [], labels: labelsOf(layers) },
    ...{ revoked: file.revoked === true, retired: file.retired !== undefined },
    tunnel: {
      state,
      ...(untilMs === undefined ? {} : { untilMs }),
      ...(reason === undefined ? {} : { reason }),
    },
  };
}
