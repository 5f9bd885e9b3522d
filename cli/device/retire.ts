/** `towline device retire`: devices leave the fleet, and what becomes of their apps. */

import { type Command, Option } from 'commander';
import { verbFor } from '../../core/change/device-edits.ts';
import { TowlineError } from '../../core/errors.ts';
import type { RetiredApps } from '../../core/fleet/retired.ts';
import { someOf } from '../../core/some-of.ts';
import type { DeviceFile } from '../../schemas/types.generated.ts';
import { changeDevices } from '../change/change-devices.ts';
import { type ChangeOptions, changeOptions } from '../change/options.ts';
import { sayMade } from '../change/say-made.ts';
import { examples } from '../command/examples.ts';
import type { Stop } from '../command/stop.ts';
import { selectorOption } from '../desk/selector-option.ts';

interface RetireOptions extends ChangeOptions {
  readonly selector?: string;
  readonly apps?: RetiredApps;
  readonly undo?: boolean;
}

const words: Readonly<Record<RetiredApps, string>> = {
  stop: 'its apps are stopped, and stay on it',
  remove: 'its apps are removed; their volumes stay on it',
  'remove-with-volumes': 'its apps are removed with their volumes, for good',
};

function retiredOf(id: string, apps: RetiredApps): NonNullable<DeviceFile['retired']> {
  return { apps: apps === 'remove-with-volumes' ? { 'remove-with-volumes': id } : apps };
}

async function retire(
  devices: readonly string[],
  { selector, apps = 'stop', undo = false, ...options }: RetireOptions,
  signal: AbortSignal,
): Promise<void> {
  const { made, chosen, changed } = await changeDevices(
    {
      ...{ options, verb: undo ? 'stay' : 'retire' },
      ...{ devices, selector },
      applies: ({ file }) => undo || file.value.revoked !== true,
      edit: ({ id, file }, document) => {
        if (file.value.revoked === true && !undo) {
          const message = `${id} is revoked: the gateway does not let it hear of this any more`;
          throw new TowlineError('CLI_USAGE', message, { position: { file: file.path } });
        }
        if (undo) document.delete('retired');
        else document.set('retired', document.createNode(retiredOf(id, apps)));
      },
      message: ids => (undo ? `Retired no more: ${ids}` : `Retire ${ids}`),
    },
    signal,
  );
  const ids = someOf(changed);
  sayMade(made, {
    json: options.json === true,
    done: undo
      ? `${ids} ${verbFor(changed, 'stays', 'stay')}`
      : `${ids} ${verbFor(changed, 'leaves', 'leave')} the fleet`,
    already: undo
      ? `${someOf(chosen)} ${verbFor(chosen, 'is', 'are')} not retired`
      : `${someOf(chosen)} ${verbFor(chosen, 'is', 'are')} retired so already`,
    fields: { devices: changed, retired: undo ? null : apps },
    notes: [
      undo
        ? `Then, at ${ids}: systemctl restart towline-agent (it asks once when it starts)`
        : `Then ${words[apps]}, it says so once more, and is silent.`,
    ],
  });
}

export function registerDeviceRetire(device: Command, stop: Stop): void {
  const choices: readonly RetiredApps[] = ['stop', 'remove', 'remove-with-volumes'];
  const verb = device
    .command('retire')
    .description('Have devices leave the fleet, and say what becomes of their apps.')
    .argument('[ids...]', 'ids of devices')
    .addOption(selectorOption())
    .addOption(new Option('--apps <what>', 'what becomes of its apps').choices(choices).default('stop'))
    .option('--undo', 'take it back; the agent asks again when it is restarted');
  changeOptions(verb)
    .addHelpText(
      'after',
      examples([
        ['towline device retire pump-4', 'its apps stop and stay where they are'],
        ['towline device retire pump-4 --apps remove-with-volumes', 'nothing of them stays'],
        ['towline device retire pump-4 --worktree', 'into its file, for a commit of your own'],
      ]),
    )
    .action((ids: string[], options: RetireOptions) => retire(ids, options, stop()));
}
