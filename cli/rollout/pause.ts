/** `towline rollout pause`, `resume`: no further stage opens until then; what is open goes on. */
import type { Command } from 'commander';
import { pausing, resumption } from '../../core/change/rollout-edits.ts';
import { type ChangeOptions, changeOptions } from '../change/options.ts';
import { sayMade } from '../change/say-made.ts';
import { examples } from '../command/examples.ts';
import type { Stop } from '../command/stop.ts';
import { changeRollout } from './rollout-change.ts';

interface PauseOptions extends ChangeOptions {
  readonly reason?: string;
}

async function pause(name: string, { reason, ...options }: PauseOptions, signal: AbortSignal): Promise<void> {
  const { made, rollout } = await changeRollout(
    { name, options, verb: 'pause', deed: pausing(reason) },
    signal,
  );
  const { key } = rollout;
  sayMade(made, {
    json: options.json === true,
    ...{
      done: `${key} opens no further stage`,
      already: `${key} is paused already`,
      fields: { rollout: key },
    },
  });
}

async function resume(name: string, options: ChangeOptions, signal: AbortSignal): Promise<void> {
  const { made, rollout } = await changeRollout(
    { name, options, verb: 'resume', deed: resumption(Date.now) },
    signal,
  );
  const { key } = rollout;
  sayMade(made, {
    json: options.json === true,
    ...{ done: `${key} goes on`, already: `${key} is not paused`, fields: { rollout: key } },
  });
}

export function registerRolloutPause(rollout: Command, stop: Stop): void {
  const pauseCommand = rollout
    .command('pause')
    .description('Open no further stage of a rollout. Devices of open stages go on.')
    .argument('<rollout>', 'name, or app/name');
  changeOptions(pauseCommand)
    .option('--reason <text>', 'for people; it stands in the file')
    .addHelpText(
      'after',
      examples([['towline rollout pause hello-1.5 --reason INC-42', 'until it is resumed']]),
    )
    .action((name: string, options: PauseOptions) => pause(name, options, stop()));
  const resumeCommand = rollout
    .command('resume')
    .description('Let a paused rollout go on.')
    .argument('<rollout>', 'name, or app/name');
  changeOptions(resumeCommand)
    .addHelpText('after', examples([['towline rollout resume hello-1.5', 'its gate is judged anew']]))
    .action((name: string, options: ChangeOptions) => resume(name, options, stop()));
}
