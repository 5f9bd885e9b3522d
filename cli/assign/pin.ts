/** `towline pin`, `unpin`: a device keeps a release of its own, which no rollout moves. */

import type { Command } from 'commander';
import { TowlineError } from '../../core/errors.ts';
import { type Fleet, layersOf } from '../../core/fleet/fleet.ts';
import { mergeDevice } from '../../core/fleet/merge.ts';
import { rolledOut } from '../../core/rollout/rolled-out.ts';
import { byClock } from '../../core/rollout/when.ts';
import { someOf } from '../../core/some-of.ts';
import { type ChosenDevice, changeDevices, verbFor } from '../change/change-devices.ts';
import { type ChangeOptions, changeOptions } from '../change/options.ts';
import { sayMade } from '../change/say-made.ts';
import { examples } from '../command/examples.ts';
import type { Stop } from '../command/stop.ts';
import { durationOption, reasonOption } from '../command/text-option.ts';
import { withoutEmpty } from '../desk/edit-yaml.ts';
import { selectorOption } from '../desk/selector-option.ts';
import { assertApp, assertRelease } from './named-release.ts';
import { wholeCheck } from './whole-check.ts';

interface PinOptions extends ChangeOptions {
  readonly until?: string;
  readonly reason?: string;
}

interface Pin {
  readonly release: string;
  readonly until?: string;
  readonly reason?: string;
}

async function pin(
  [device, app, release]: readonly [device: string, app: string, release: string | undefined],
  { until, reason, ...options }: PinOptions,
  signal: AbortSignal,
): Promise<void> {
  const why = {
    ...(until === undefined ? {} : { until: untilOf(until, Date.now()) }),
    ...(reason === undefined ? {} : { reason: reasonOption(reason) }),
  };
  let pinned: Pin | undefined;
  const { made } = await changeDevices(
    {
      ...{ options, verb: `pin-${app}`, devices: [device] },
      edit: (chosen, document) => {
        pinned = { release: release ?? releaseNow(chosen, app), ...why };
        assertRelease(chosen.fleet, app, pinned.release);
        document.setIn(['apps', app, 'release'], pinned.release);
        document.setIn(['apps', app, 'pinned'], document.createNode(why));
      },
      message: id => `Pin ${app} ${pinned?.release} on ${id}${reason === undefined ? '' : `: ${reason}`}`,
      check: wholeCheck,
    },
    signal,
  );
  const end = why.until === undefined ? 'until `towline unpin`' : `until ${why.until}`;
  sayMade(made, {
    json: options.json === true,
    done: `${device} keeps ${app} ${pinned?.release} ${end}`,
    already: `${device} has that pin already: ${app} ${pinned?.release}`,
    fields: { device, app, pin: pinned },
  });
}

/** @throws TowlineError CLI_USAGE where it has none */
function releaseNow({ id, fleet }: ChosenDevice, app: string): string {
  const layers = layersOf(fleet, id);
  const apps = layers === undefined ? [] : rolledOut(layers, byClock(Date.now())).apps;
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

interface UnpinOptions extends ChangeOptions {
  readonly selector?: string;
}

async function unpin(
  words: readonly string[],
  { selector, ...options }: UnpinOptions,
  signal: AbortSignal,
): Promise<void> {
  const app = words.at(-1) ?? '';
  const devices = words.slice(0, -1);
  const { made, chosen, passedOver, changed, fleet } = await changeDevices(
    {
      ...{ options, verb: `unpin-${app}`, devices, selector },
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
      check: wholeCheck,
    },
    signal,
  );
  const after = changed.map(id => ({ device: id, release: releaseBeneath(fleet, id, app) }));
  sayMade(made, {
    json: options.json === true,
    done: `${someOf(changed)} ${verbFor(changed, 'has', 'have')} ${app} as groups and the fleet give it`,
    already: `nothing pins ${app} on ${someOf(chosen)}`,
    fields: { app, devices: after, passedOver },
    notes: [
      ...after.map(({ device, release }) => `${device}: ${app} ${release}`),
      ...passedOver.map(id => `${id} keeps its own: nobody else gives it a release of ${app}`),
    ],
  });
}

/** What fleet and groups give, where the device's own file says nothing. */
function releaseBeneath(fleet: Fleet, id: string, app: string): string | undefined {
  const layers = layersOf(fleet, id);
  if (layers === undefined) return undefined;
  const { [app]: _own, ...apps } = layers.device.value.apps ?? {};
  const device = { ...layers.device, value: { ...layers.device.value, apps } };
  return mergeDevice({ ...layers, device }).apps.find(each => each.app === app)?.release;
}

export function registerPin(command: Command, stop: Stop): void {
  command
    .argument('<device>', 'id of the device')
    .argument('<app>', 'name of the app')
    .argument('[release]', 'which it keeps (default: the one that it is to have now)')
    .option('--until <time>', 'when the pin ends: an instant, a date, or how long from now, such as 14d')
    .option('--reason <text>', 'why: it stands in the file, and wherever pins are listed');
  changeOptions(command)
    .addHelpText(
      'after',
      examples([
        ['towline pin pump-4 hello --until 14d --reason "INC-42"', 'it keeps what it has, for two weeks'],
        ['towline pin pump-4 hello 1.0.0', 'an older one, until it is unpinned'],
      ]),
    )
    .action((device: string, app: string, release: string | undefined, options: PinOptions) =>
      pin([device, app, release], options, stop()),
    );
}

export function registerUnpin(command: Command, stop: Stop): void {
  command.argument('<words...>', 'ids of devices, and the app').addOption(selectorOption());
  changeOptions(command)
    .addHelpText(
      'after',
      examples([
        ['towline unpin pump-4 hello', 'it goes with the others again'],
        ['towline unpin -l all hello --yes', 'nobody keeps a release of their own'],
      ]),
    )
    .action((words: string[], options: UnpinOptions) => unpin(words, options, stop()));
}
