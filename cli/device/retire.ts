/** `towline device retire`: writes into a device's file that it leaves the fleet, and what becomes of its apps. */
import { type Command, Option } from 'commander';
import { TowlineError } from '../../core/errors.ts';
import type { RetiredApps } from '../../core/fleet/retired.ts';
import type { DeviceFile } from '../../schemas/types.generated.ts';
import { examples } from '../command/examples.ts';
import { standardTerminal } from '../command/terminal.ts';
import { editYaml } from '../desk/edit-yaml.ts';
import { deviceInTree } from './device-file.ts';

interface RetireOptions {
  readonly repo: string;
  readonly apps?: RetiredApps;
  readonly undo?: boolean;
  readonly json?: boolean;
}

const words: Readonly<Record<RetiredApps, string>> = {
  stop: 'its apps are stopped, and stay on it',
  remove: 'its apps are removed; their volumes stay on it',
  'remove-with-volumes': 'its apps are removed with their volumes, for good',
};

function retiredOf(id: string, apps: RetiredApps): NonNullable<DeviceFile['retired']> {
  return { apps: apps === 'remove-with-volumes' ? { 'remove-with-volumes': id } : apps };
}

async function retire(id: string, { repo, apps = 'stop', undo = false, json }: RetireOptions): Promise<void> {
  const file = await deviceInTree(repo, id);
  if (file.value.revoked === true && !undo) {
    const message = `${id} is revoked: the gateway does not let it hear of this any more`;
    throw new TowlineError('CLI_USAGE', message, { position: { file: file.path } });
  }
  await editYaml(file.target, document => {
    if (undo) document.delete('retired');
    else document.set('retired', document.createNode(retiredOf(id, apps)));
  });
  const terminal = standardTerminal();
  if (json === true) {
    terminal.json({ device: id, file: file.path, retired: undo ? null : apps });
    return;
  }
  terminal.line(`${terminal.colour('green', 'wrote')} ${file.path}: commit and push it`);
  if (undo) terminal.line(`Then, at ${id}: systemctl restart towline-agent (it asks once when it starts)`);
  else terminal.line(`Then ${words[apps]}, it says so once more, and is silent.`);
}

export function registerDeviceRetire(device: Command): void {
  const choices: readonly RetiredApps[] = ['stop', 'remove', 'remove-with-volumes'];
  device
    .command('retire')
    .description('Write into a device’s file that it leaves the fleet, and what becomes of its apps.')
    .argument('<id>', 'id of the device')
    .addOption(new Option('--apps <what>', 'what becomes of its apps').choices(choices).default('stop'))
    .option('--undo', 'take it back; the agent asks again when it is restarted')
    .option('--repo <dir>', 'the fleet repository', '.')
    .option('--json', 'one JSON object instead of text')
    .addHelpText(
      'after',
      examples([
        ['towline device retire pump-4', 'its apps stop and stay where they are'],
        ['towline device retire pump-4 --apps remove-with-volumes', 'nothing of them stays'],
        ['towline device retire pump-4 --undo', 'it comes back'],
      ]),
    )
    .action((id: string, options: RetireOptions) => retire(id, options));
}
