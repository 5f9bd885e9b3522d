/** `towline device pause`, `resume`: what runs on a device, or one app of it, stays as it is until then. */
import type { Command } from 'commander';
import { verbFor } from '../../core/change/device-edits.ts';
import { pauseEdits, resumeEdits, stillPausing } from '../../core/change/pausing.ts';
import { someOf } from '../../core/some-of.ts';
import { changeDevices } from '../change/change-devices.ts';
import { type ChangeOptions, changeOptions } from '../change/options.ts';
import { sayMade } from '../change/say-made.ts';
import { examples } from '../command/examples.ts';
import type { Stop } from '../command/stop.ts';
import { selectorOption } from '../desk/selector-option.ts';

interface PauseOptions extends ChangeOptions {
  readonly selector?: string;
  readonly app?: string;
}

async function pause(
  devices: readonly string[],
  { selector, app, ...options }: PauseOptions,
  signal: AbortSignal,
): Promise<void> {
  const what = app === undefined ? '' : `${app} on `;
  const { made, chosen, changed } = await changeDevices(
    {
      ...pauseEdits({ devices, selector, app }),
      ...{ options, verb: 'pause' },
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
      ...resumeEdits({ devices, selector, app }),
      ...{ options, verb: 'resume' },
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
