/** `towline device label`: labels of devices, given and taken away. */

import type { Command } from 'commander';
import { verbFor } from '../../core/change/device-edits.ts';
import { withoutEmpty } from '../../core/change/edited-yaml.ts';
import { TowlineError } from '../../core/errors.ts';
import { someOf } from '../../core/some-of.ts';
import { changeDevices } from '../change/change-devices.ts';
import { type ChangeOptions, changeOptions } from '../change/options.ts';
import { sayMade } from '../change/say-made.ts';
import { examples } from '../command/examples.ts';
import type { Stop } from '../command/stop.ts';
import { selectorOption } from '../desk/selector-option.ts';

interface LabelOptions extends ChangeOptions {
  readonly selector?: string;
}

async function label(
  words: readonly string[],
  { selector, ...options }: LabelOptions,
  signal: AbortSignal,
): Promise<void> {
  const asked = words.filter(word => word.includes('=') || word.endsWith('-'));
  const devices = words.filter(word => !asked.includes(word));
  if (asked.length === 0)
    throw new TowlineError('CLI_USAGE', 'which label? key=value gives it, key- takes it away');
  const labels = asked.map(labelOf);
  const { made, chosen, changed } = await changeDevices(
    {
      ...{ options, verb: 'label', devices, selector },
      edit: (_device, document) => {
        for (const { key, value } of labels) {
          if (value === undefined) document.deleteIn(['labels', key]);
          else document.setIn(['labels', key], value);
        }
        withoutEmpty(document, ['labels']);
      },
      message: ids => `Label ${ids}: ${asked.join(' ')}`,
    },
    signal,
  );
  sayMade(made, {
    json: options.json === true,
    done: `${someOf(changed)}: ${asked.join(' ')}`,
    already: `${someOf(chosen)} ${verbFor(chosen, 'has', 'have')} that already: ${asked.join(' ')}`,
    fields: { devices: changed },
  });
}

/** @throws TowlineError CLI_USAGE */
export function labelOf(text: string): { readonly key: string; readonly value: string | undefined } {
  const [key = '', ...value] = text.split('=');
  if (value.length > 0 && key !== '') return { key, value: value.join('=') };
  if (value.length === 0 && text.length > 1 && text.endsWith('-'))
    return { key: text.slice(0, -1), value: undefined };
  throw new TowlineError('CLI_USAGE', `${text} must be key=value, or key- to take it away`);
}

export function registerDeviceLabel(device: Command, stop: Stop): void {
  const verb = device
    .command('label')
    .description('Give devices labels, or take them away.')
    .argument('<words...>', 'ids of devices, key=value, and key- for a label that goes')
    .addOption(selectorOption());
  changeOptions(verb)
    .addHelpText(
      'after',
      examples([
        ['towline device label pump-4 site=berlin floor-', 'one label more, one less'],
        ['towline device label -l group=canary ring=early --yes', 'all of a group'],
      ]),
    )
    .action((words: string[], options: LabelOptions) => label(words, options, stop()));
}
