/** `towline device revoke`: the keys of a device are refused, for ever. */
import type { Command } from 'commander';
import { TowlineError } from '../../core/errors.ts';
import { changeDevices } from '../change/change-devices.ts';
import { type ChangeOptions, changeOptions } from '../change/options.ts';
import { sayMade } from '../change/say-made.ts';
import { examples } from '../command/examples.ts';
import type { Stop } from '../command/stop.ts';

async function revoke(id: string, options: ChangeOptions, signal: AbortSignal): Promise<void> {
  const { made } = await changeDevices(
    {
      ...{ options, verb: 'revoke', devices: [id] },
      edit: ({ file }, document) => {
        if (file.value.keys === undefined && file.value.enrolment === undefined) {
          const position = { file: file.path };
          throw new TowlineError('CLI_USAGE', `${id} has no keys that could be refused`, { position });
        }
        document.set('revoked', true);
      },
      message: () => `Revoke ${id}`,
      question: () => ({
        question: `The keys of ${id} are refused for ever: it hears of nothing any more, and comes back under another id alone. Type its id to go on`,
        answer: id,
      }),
    },
    signal,
  );
  sayMade(made, {
    json: options.json === true,
    done: `the keys of ${id} are refused, for ever`,
    already: `${id} is revoked already`,
    fields: { device: id },
    notes: ['What its secrets opened is to be made anew: `towline secret check` names the files.'],
  });
}

export function registerDeviceRevoke(device: Command, stop: Stop): void {
  const verb = device
    .command('revoke')
    .description('Refuse the keys of a device for ever: it was stolen, or somebody else has them.')
    .argument('<id>', 'id of the device');
  changeOptions(verb)
    .addHelpText(
      'after',
      examples([
        ['towline device revoke pump-4', 'asks for the id once more'],
        ['towline device revoke pump-4 --yes --message "pump-4 was stolen"', 'from a script'],
      ]),
    )
    .action((id: string, options: ChangeOptions) => revoke(id, options, stop()));
}
