/** `towline rollout abort`: every device goes back to what it is assigned. */
import type { Command } from 'commander';
import { abortion, type Back, backWords } from '../../core/change/rollout-edits.ts';
import { someOf } from '../../core/some-of.ts';
import { type ChangeOptions, changeOptions } from '../change/options.ts';
import { sayMade } from '../change/say-made.ts';
import { examples } from '../command/examples.ts';
import type { Stop } from '../command/stop.ts';
import { changeRollout } from './rollout-change.ts';

interface AbortOptions extends ChangeOptions {
  readonly reason?: string;
}

async function abort(name: string, { reason, ...options }: AbortOptions, signal: AbortSignal): Promise<void> {
  let back: Back = { devices: [], isOneWay: false };
  const { made, rollout } = await changeRollout(
    {
      ...{ name, options, verb: 'abort' },
      deed: abortion(reason, found => {
        back = found;
      }),
    },
    signal,
  );
  const { key } = rollout;
  const stays = back.isOneWay ? back.devices : [];
  const note = `by a one-way migration those that run ${rollout.file.value.to} already stay on it: ${someOf(stays)}`;
  sayMade(made, {
    json: options.json === true,
    done: `${key} is aborted, ${backWords(back)}`,
    already: `${key} is aborted already`,
    fields: { rollout: key, devices: back.devices, stays },
    notes: stays.length === 0 ? [] : [note],
    shown: [`${key}: ${backWords(back)}`],
  });
}

export function registerRolloutAbort(rollout: Command, stop: Stop): void {
  const command = rollout
    .command('abort')
    .description(
      'Take a rollout back: every device goes back to what it is assigned. For ever: begin another one then.',
    )
    .argument('<rollout>', 'name, or app/name');
  changeOptions(command)
    .option('--reason <text>', 'for people; it stands in the file')
    .addHelpText(
      'after',
      examples([
        ['towline rollout abort hello-1.5 --dry-run', 'who would go back, and who cannot'],
        ['towline rollout abort hello-1.5 --yes --reason INC-42', 'without a question'],
      ]),
    )
    .action((name: string, options: AbortOptions) => abort(name, options, stop()));
}
