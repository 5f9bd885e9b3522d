/** What runs on a device, or one app of it, stays as it is until it is resumed. */
import type { Document } from 'yaml';
import { TowlineError } from '../errors.ts';
import { type Fleet, layersOf } from '../fleet/fleet.ts';
import { mergeDevice } from '../fleet/merge.ts';
import { unknownName } from '../unknown-name.ts';
import type { ChosenDevice, DeviceChoice, DeviceEdits } from './device-edits.ts';
import { withoutEmpty } from './edited-yaml.ts';

export interface Pausing extends DeviceChoice {
  /** This one alone. */
  readonly app?: string | undefined;
}

function appsOf({ id, fleet }: ChosenDevice): string[] {
  const layers = layersOf(fleet, id);
  return layers === undefined ? [] : mergeDevice(layers).apps.map(each => each.app);
}

/** @throws TowlineError CLI_USAGE where it has no such app */
function assertHas(device: ChosenDevice, app: string): void {
  const apps = appsOf(device);
  if (!apps.includes(app))
    throw new TowlineError('CLI_USAGE', unknownName('app', app, apps, `on ${device.id}`));
}

const whatOf = (app: string | undefined) => (app === undefined ? '' : `${app} on `);

export const pauseEdits = ({ devices, selector, app }: Pausing): DeviceEdits => ({
  ...{ devices, selector },
  applies: device => app === undefined || appsOf(device).includes(app),
  edit: (device, document) => {
    if (app === undefined) document.set('paused', true);
    else {
      assertHas(device, app);
      document.setIn(['apps', app, 'paused'], true);
    }
  },
  message: ids => `Pause ${whatOf(app)}${ids}`,
});

export const resumeEdits = ({ devices, selector, app }: Pausing): DeviceEdits => ({
  ...{ devices, selector },
  applies: device => app === undefined || appsOf(device).includes(app),
  edit: (device, document) => {
    if (app === undefined) document.delete('paused');
    else {
      assertHas(device, app);
      unpauseApp(document, app);
    }
  },
  message: ids => `Resume ${whatOf(app)}${ids}`,
});

function unpauseApp(document: Document, app: string): void {
  document.deleteIn(['apps', app, 'paused']);
  withoutEmpty(document, ['apps', app]);
}

/** Wider files that pause it, whatever its own says. */
export function stillPausing(fleet: Fleet, id: string, app: string | undefined): string[] {
  const layers = layersOf(fleet, id);
  if (layers === undefined) return [];
  const isPausing = ({ value }: (typeof layers)['fleet'] | (typeof layers)['groups'][number]) =>
    value.paused === true || (app !== undefined && value.apps?.[app]?.paused === true);
  return [layers.fleet, ...layers.groups].filter(isPausing).map(({ path }) => path);
}
