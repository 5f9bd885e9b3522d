/** `towline device move`: a device's file, as it is, into another folder; who may change it may depend on that. */
import path from 'node:path';
import type { Command } from 'commander';
import { type FilesAt, textAt } from '../../core/change/changed-files.ts';
import { fleetOf } from '../../core/change/fleet-of.ts';
import type { Intent } from '../../core/change/intent.ts';
import { TowlineError } from '../../core/errors.ts';
import { noSuchDevice } from '../../core/unknown-name.ts';
import { makeChange } from '../change/make-change.ts';
import { type ChangeOptions, changeOptions } from '../change/options.ts';
import { sayMade } from '../change/say-made.ts';
import { examples } from '../command/examples.ts';
import type { Stop } from '../command/stop.ts';
import { devicePath } from './device-file.ts';

async function move(id: string, folder: string, options: ChangeOptions, signal: AbortSignal): Promise<void> {
  const to = devicePath(id, folder);
  const intend = async (at: FilesAt): Promise<Intent | undefined> => {
    const fleet = await fleetOf(at);
    const file = fleet.devices.get(id);
    if (file === undefined)
      throw noSuchDevice(
        id,
        fleet.devices.keys(),
        options.worktree === true ? 'in the working tree' : 'at main',
      );
    if (file.path === to) return undefined;
    if (path.posix.basename(file.path) !== path.posix.basename(to))
      throw new TowlineError('CLI_USAGE', `${file.path} is no file that can be moved`);
    const files = new Map([
      [to, await textAt(at, file.path)],
      [file.path, null],
    ]);
    return { files, message: `Move ${id} to ${path.posix.dirname(to)}` };
  };
  const made = await makeChange({ options, name: `move-${id}`, intend }, signal);
  sayMade(made, {
    json: options.json === true,
    done: `${id} stands in ${to}`,
    already: `${id} stands in ${to} already`,
    fields: { device: id, file: to },
  });
}

export function registerDeviceMove(device: Command, stop: Stop): void {
  const verb = device
    .command('move')
    .description('Move a device’s file, as it is, into another folder below devices/.')
    .argument('<id>', 'id of the device')
    .argument('<folder>', 'below devices/; `.` for devices/ itself');
  changeOptions(verb)
    .addHelpText(
      'after',
      examples([
        ['towline device move pump-4 lisbon', 'it was carried there: whoever has that folder has it now'],
      ]),
    )
    .action((id: string, folder: string, options: ChangeOptions) => move(id, folder, options, stop()));
}
