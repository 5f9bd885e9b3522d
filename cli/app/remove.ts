/** `towline app remove`: an app goes, and with `--unassign` from wherever it is assigned. */
import type { Command } from 'commander';
import type { FilesAt } from '../../core/change/changed-files.ts';
import { manyQuestion } from '../../core/change/device-edits.ts';
import { editedAt } from '../../core/change/edited-at.ts';
import { withoutEmpty } from '../../core/change/edited-yaml.ts';
import { fleetOf } from '../../core/change/fleet-of.ts';
import type { Intent } from '../../core/change/intent.ts';
import { assertApp } from '../../core/change/named-release.ts';
import { wholeCheck } from '../../core/change/whole-check.ts';
import { TowlineError } from '../../core/errors.ts';
import { type Fleet, layersOf } from '../../core/fleet/fleet.ts';
import { mergeDevice } from '../../core/fleet/merge.ts';
import { appFolder } from '../../core/fleet/paths.ts';
import { makeChange } from '../change/make-change.ts';
import { type ChangeOptions, changeOptions } from '../change/options.ts';
import { sayMade } from '../change/say-made.ts';
import { examples } from '../command/examples.ts';
import type { Stop } from '../command/stop.ts';

interface RemoveOptions extends ChangeOptions {
  readonly unassign?: boolean;
}

async function remove(
  app: string,
  { unassign, ...options }: RemoveOptions,
  signal: AbortSignal,
): Promise<void> {
  let devices: readonly string[] = [];
  const intend = async (at: FilesAt): Promise<Intent> => {
    const fleet = await fleetOf(at);
    assertApp(fleet, app);
    const assigned = assigningFiles(fleet, app);
    if (assigned.length > 0 && unassign !== true)
      throw new TowlineError(
        'CLI_USAGE',
        `${app} is assigned by ${assigned.join(', ')}: --unassign takes it out there, too`,
      );
    devices = devicesWith(fleet, app);
    const files = new Map<string, string | null>();
    // Its rollouts are of nothing then; one that is under way keeps it.
    for (const folder of [appFolder(app), `rollouts/${app}`])
      for await (const { path } of at.files.list(at.commit, folder)) files.set(path, null);
    for (const path of assigned) {
      const after = await editedAt(at, path, document => {
        document.deleteIn(['apps', app]);
        withoutEmpty(document, ['apps']);
      });
      if (after !== undefined) files.set(path, after);
    }
    return {
      files,
      message: `Remove ${app}`,
      question: manyQuestion(devices),
      check: wholeCheck(new Date()),
    };
  };
  const made = await makeChange({ options, name: `remove-${app}`, intend }, signal);
  sayMade(made, {
    json: options.json === true,
    done: `${app} is no app of the fleet any more`,
    already: `${app} is gone already`,
    fields: { app, devices },
    notes: devices.length === 0 ? [] : ['Its volumes stay on the devices, used by nobody.'],
  });
}

function assigningFiles(fleet: Fleet, app: string): string[] {
  return [fleet.file, ...fleet.groups.values(), ...fleet.devices.values()]
    .filter(({ value }) => value.apps?.[app] !== undefined)
    .map(({ path }) => path);
}

function devicesWith(fleet: Fleet, app: string): string[] {
  return [...fleet.devices.keys()].filter(id => {
    const layers = layersOf(fleet, id);
    return layers !== undefined && mergeDevice(layers).apps.some(each => each.app === app);
  });
}

export function registerAppRemove(command: Command, stop: Stop): void {
  const verb = command
    .command('remove')
    .description('Take an app and its releases out of the fleet; refused while somebody has it.')
    .argument('<app>', 'name of the app')
    .option('--unassign', 'out of the files that assign it, too: it is removed from devices');
  changeOptions(verb)
    .addHelpText(
      'after',
      examples([
        ['towline app remove shop', 'nobody has it any more'],
        ['towline app remove shop --unassign --dry-run', 'what would change, and where'],
      ]),
    )
    .action((app: string, options: RemoveOptions) => remove(app, options, stop()));
}
