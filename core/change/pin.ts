/** A device keeps a release of its own, which no rollout moves; until nothing pins it any more. */
import { TowlineError } from '../errors.ts';
import { type Fleet, layersOf } from '../fleet/fleet.ts';
import { mergeDevice } from '../fleet/merge.ts';
import { rolledOut } from '../rollout/rolled-out.ts';
import { byClock } from '../rollout/when.ts';
import type { ChosenDevice, DeviceChoice, DeviceEdits } from './device-edits.ts';
import { withoutEmpty } from './edited-yaml.ts';
import { assertApp, assertRelease } from './named-release.ts';
import { durationOption } from './typed-text.ts';
import { wholeCheck } from './whole-check.ts';

export interface Pin {
  readonly release: string;
  readonly until?: string;
  readonly reason?: string;
}

export interface Pinning {
  readonly device: string;
  readonly app: string;
  /** undefined: the one that it is to have now. */
  readonly release: string | undefined;
  /** An instant. */
  readonly until?: string;
  readonly reason?: string;
  readonly nowMs: number;
}

/** @param onPin hears what the pin is to be */
export function pinEdits(
  { device, app, release, until, reason, nowMs }: Pinning,
  onPin: (pin: Pin) => void = () => undefined,
): DeviceEdits {
  const why = { ...(until === undefined ? {} : { until }), ...(reason === undefined ? {} : { reason }) };
  let pinned: Pin | undefined;
  return {
    devices: [device],
    edit: (chosen, document) => {
      pinned = { release: release ?? releaseNow(chosen, app, nowMs), ...why };
      onPin(pinned);
      assertRelease(chosen.fleet, app, pinned.release);
      document.setIn(['apps', app, 'release'], pinned.release);
      document.setIn(['apps', app, 'pinned'], document.createNode(why));
    },
    message: id => `Pin ${app} ${pinned?.release} on ${id}${reason === undefined ? '' : `: ${reason}`}`,
    check: wholeCheck(new Date(nowMs)),
  };
}

/** @throws TowlineError CLI_USAGE where it has none */
function releaseNow({ id, fleet }: ChosenDevice, app: string, nowMs: number): string {
  const layers = layersOf(fleet, id);
  const apps = layers === undefined ? [] : rolledOut(layers, byClock(nowMs)).apps;
  const release = apps.find(each => each.app === app)?.release;
  if (release !== undefined) return release;
  assertApp(fleet, app);
  throw new TowlineError('CLI_USAGE', `${id} has no release of ${app}: name the one that it is to keep`);
}

/** @param text an instant, a date, or how long from now. @throws TowlineError CLI_USAGE */
export function untilOf(text: string, nowMs: number): string {
  const isTime = /^\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}(?::\d{2})?Z)?$/.test(text);
  const ms = isTime ? Date.parse(text) : nowMs + durationOption('--until', text);
  // A day that its month does not have would be one of the next.
  const isDay = !isTime || (!Number.isNaN(ms) && new Date(ms).toISOString().startsWith(text.slice(0, 10)));
  if (!isDay || ms <= nowMs) throw new TowlineError('CLI_USAGE', `--until ${text} is no time to come`);
  return `${new Date(ms).toISOString().slice(0, 19)}Z`;
}

export interface Unpinning extends DeviceChoice {
  readonly app: string;
  readonly nowMs: number;
}

export const unpinEdits = ({ devices, selector, app, nowMs }: Unpinning): DeviceEdits => ({
  ...{ devices, selector },
  applies: ({ id, file, fleet }) =>
    file.value.apps?.[app]?.release === undefined || releaseBeneath(fleet, id, app) !== undefined,
  edit: ({ id, file, fleet }, document) => {
    assertApp(fleet, app);
    if (file.value.apps?.[app]?.release === undefined) return;
    if (releaseBeneath(fleet, id, app) === undefined) {
      const message = `nobody but ${id} itself gives it a release of ${app}: without that it would have none`;
      throw new TowlineError('CLI_USAGE', message, { position: { file: file.path } });
    }
    document.deleteIn(['apps', app, 'release']);
    document.deleteIn(['apps', app, 'pinned']);
    withoutEmpty(document, ['apps', app]);
  },
  message: ids => `Unpin ${app} on ${ids}`,
  check: wholeCheck(new Date(nowMs)),
});

/** What fleet and groups give, where the device's own file says nothing. */
export function releaseBeneath(fleet: Fleet, id: string, app: string): string | undefined {
  const layers = layersOf(fleet, id);
  if (layers === undefined) return undefined;
  const { [app]: _own, ...apps } = layers.device.value.apps ?? {};
  const device = { ...layers.device, value: { ...layers.device.value, apps } };
  return mergeDevice({ ...layers, device }).apps.find(each => each.app === app)?.release;
}
