/** `towline device registry-key`: writes the key of a device's engine into its file, for pulls through the gateway. */
import type { Command } from 'commander';
import { TowlineError } from '../../core/errors.ts';
import { isP256 } from '../../core/fleet/p256-key.ts';
import { examples } from '../command/examples.ts';
import { standardTerminal } from '../command/terminal.ts';
import { editYaml } from '../desk/edit-yaml.ts';
import { deviceInTree } from './device-file.ts';

interface KeyOptions {
  readonly repo: string;
  readonly remove?: boolean;
  readonly json?: boolean;
}

async function setKey(id: string, key: string | undefined, options: KeyOptions): Promise<void> {
  const { repo, remove = false, json } = options;
  if (remove === (key !== undefined))
    throw new TowlineError('CLI_USAGE', 'type the key that the device shows, or --remove alone');
  if (key !== undefined && !isP256(key))
    throw new TowlineError('CLI_USAGE', 'this is no key as `towline agent certs-d` shows it');
  const file = await deviceInTree(repo, id);
  if (file.value.keys === undefined || file.value.revoked === true) {
    const message = file.value.revoked === true ? `${id} is revoked` : `${id} has no keys yet`;
    throw new TowlineError('CLI_USAGE', message, { position: { file: file.path } });
  }
  await editYaml(file.target, document => {
    if (key === undefined) document.deleteIn(['keys', 'registry']);
    else document.setIn(['keys', 'registry'], key);
  });
  const terminal = standardTerminal();
  if (json === true) terminal.json({ device: id, file: file.path, registry: key ?? null });
  else terminal.line(`${terminal.colour('green', 'wrote')} ${file.path}: commit and push it`);
}

export function registerDeviceRegistryKey(device: Command): void {
  device
    .command('registry-key')
    .description('Write the key of a device’s engine, with which it pulls through the gateway.')
    .argument('<id>', 'id of the device')
    .argument('[key]', 'as `towline agent certs-d` shows it there')
    .option('--remove', 'its engine pulls through the gateway no more')
    .option('--repo <dir>', 'the fleet repository', '.')
    .option('--json', 'one JSON object instead of text')
    .addHelpText(
      'after',
      examples([
        [
          'towline device registry-key pump-4 MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE…',
          'the line that `towline agent certs-d` shows at the device',
        ],
        ['towline device registry-key pump-4 --remove', 'it was taken from the device'],
      ]),
    )
    .action((id: string, key: string | undefined, options: KeyOptions) => setKey(id, key, options));
}
