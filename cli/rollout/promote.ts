/** `towline rollout promote`: people open the next stage. */
import type { Command } from 'commander';
import { promotion, stageWords } from '../../core/change/rollout-edits.ts';
import { type ChangeOptions, changeOptions } from '../change/options.ts';
import { sayMade } from '../change/say-made.ts';
import { examples } from '../command/examples.ts';
import type { Stop } from '../command/stop.ts';
import { changeRollout } from './rollout-change.ts';

interface PromoteOptions extends ChangeOptions {
  readonly now?: boolean;
}

async function promote(
  name: string,
  { now, ...options }: PromoteOptions,
  signal: AbortSignal,
): Promise<void> {
  const deed = promotion(now === true ? 'now' : 'hold', Date.now);
  const { made, rollout } = await changeRollout({ name, options, verb: 'promote', deed }, signal);
  const done = `${rollout.key}: ${stageWords(rollout)} is open`;
  sayMade(made, { json: options.json === true, done, already: done, fields: { rollout: rollout.key } });
}

export function registerRolloutPromote(rollout: Command, stop: Stop): void {
  const command = rollout
    .command('promote')
    .description('Open the next stage of a rollout, as people may whose rule it is.')
    .argument('<rollout>', 'name, or app/name');
  changeOptions(command)
    .option('--now', 'though the hold of the stage before is not over')
    .addHelpText(
      'after',
      examples([
        ['towline rollout promote hello-1.5', 'the next stage, once the hold is over'],
        ['towline rollout promote hello-1.5 --now --pr', 'sooner, by a pull request'],
      ]),
    )
    .action((name: string, options: PromoteOptions) => promote(name, options, stop()));
}
