/** `towline device pause`, `resume`: what runs on a device, or one app of it, stays as it is until then. */

import type { Command } from 'commander';
import type { Document } from 'yaml';
import { TowlineError } from '../../core/errors.ts';
import { type Fleet, layersOf } from '../../core/fleet/fleet.ts';
import { mergeDevice } from '../../core/fleet/merge.ts';
import { someOf } from '../../core/some-of.ts';
import { type ChosenDevice, changeDevices, verbFor } from '../change/change-devices.ts';
import { type ChangeOptions, changeOptions } from '../change/options.ts';
import { sayMade } from '../change/say-made.ts';
import { examples } from '../command/examples.ts';
import type { Stop } from '../command/stop.ts';
import { unknownName } from '../command/unknown-name.ts';
import { withoutEmpty } from '../desk/edit-yaml.ts';
import { selectorOption } from '../desk/selector-option.ts';

interface PauseOptions extends ChangeOptions {
  readonly selector?: string;
  readonly app?: string;
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

async function pause(
  devices: readonly string[],
  { selector, app, ...options }: PauseOptions,
  signal: AbortSignal,
): Promise<void> {
  const what = app === undefined ? '' : `${app} on `;
  const { made, chosen, changed } = await changeDevices(
    {
      ...{ options, verb: 'pause', devices, selector },
      applies: device => app === undefined || appsOf(device).includes(app),
      edit: (device, document) => {
        if (app === undefined) document.set('paused', true);
        else {
          assertHas(device, app);
          document.setIn(['apps', app, 'paused'], true);
        }
      },
      message: ids => `Pause ${what}${ids}`,
    },
    signal,
  );
  const stays = verbFor(changed, 'stays as it is', 'stay as they are');
  sayMade(made, {
    json: options.json === true,
    done: `${what}${someOf(changed)} ${stays}`,
    already: `${what}${someOf(chosen)} ${verbFor(chosen, 'is', 'are')} paused already`,
    fields: { devices: changed },
  });
}

async function resume(
  devices: readonly string[],
  { selector, app, ...options }: PauseOptions,
  signal: AbortSignal,
): Promise<void> {
  const what = app === undefined ? '' : `${app} on `;
  const { made, chosen, changed, fleet } = await changeDevices(
    {
      ...{ options, verb: 'resume', devices, selector },
      applies: device => app === undefined || appsOf(device).includes(app),
      edit: (device, document) => {
        if (app === undefined) document.delete('paused');
        else {
          assertHas(device, app);
          unpauseApp(document, app);
        }
      },
      message: ids => `Resume ${what}${ids}`,
    },
    signal,
  );
  const still = chosen.flatMap(id => {
    const files = stillPausing(fleet, id, app);
    return files.length === 0 ? [] : [{ device: id, files }];
  });
  const notes = still.map(({ device, files }) => `${device} stays paused by ${files.join(', ')}`);
  sayMade(made, {
    json: options.json === true,
    done: `${what}${someOf(changed)} ${verbFor(changed, 'goes', 'go')} on`,
    already: [`no file of its own pauses ${what}${someOf(chosen)}`, ...notes].join('; '),
    fields: { devices: changed, stillPaused: still },
    notes,
  });
}

function unpauseApp(document: Document, app: string): void {
  document.deleteIn(['apps', app, 'paused']);
  withoutEmpty(document, ['apps', app]);
}

/** Wider files that pause it, whatever its own says. */
function stillPausing(fleet: Fleet, id: string, app: string | undefined): string[] {
  const layers = layersOf(fleet, id);
  if (layers === undefined) return [];
  const isPausing = ({ value }: (typeof layers)['fleet'] | (typeof layers)['groups'][number]) =>
    value.paused === true || (app !== undefined && value.apps?.[app]?.paused === true);
  return [layers.fleet, ...layers.groups].filter(isPausing).map(({ path }) => path);
}

export function registerDevicePause(device: Command, stop: Stop): void {
  const pausing = device
    .command('pause')
    .description('Leave what runs on devices as it is until `resume`; one app of them, with --app.')
    .argument('[ids...]', 'ids of devices')
    .addOption(selectorOption())
    .option('--app <name>', 'this app alone');
  changeOptions(pausing)
    .addHelpText(
      'after',
      examples([
        ['towline device pause pump-4', 'somebody works at it'],
        ['towline device pause -l site=berlin --app hello --yes', 'one app, wherever it runs in Berlin'],
      ]),
    )
    .action((ids: string[], options: PauseOptions) => pause(ids, options, stop()));
  const resuming = device
    .command('resume')
    .description('Let devices go on that `pause` has stopped, and say what still pauses them.')
    .argument('[ids...]', 'ids of devices')
    .addOption(selectorOption())
    .option('--app <name>', 'this app alone');
  changeOptions(resuming)
    .addHelpText('after', examples([['towline device resume pump-4', 'it takes what waits for it']]))
    .action((ids: string[], options: PauseOptions) => resume(ids, options, stop()));
}
