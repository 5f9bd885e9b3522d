/** `towline rollout promote`: people open the next stage. */
import type { Command } from 'commander';
import { parseDuration } from '../../core/duration.ts';
import { TowlineError } from '../../core/errors.ts';
import { instantOf } from '../../core/rollout/board.ts';
import type { RolloutEdit } from '../../core/rollout/edited.ts';
import type { KeyedRollout } from '../../core/rollout/named-rollout.ts';
import { defaultHold } from '../../core/rollout/stage.ts';
import { type ChangeOptions, changeOptions } from '../change/options.ts';
import { sayMade } from '../change/say-made.ts';
import { examples } from '../command/examples.ts';
import type { Stop } from '../command/stop.ts';
import { changeRollout } from './rollout-change.ts';

interface PromoteOptions extends ChangeOptions {
  readonly now?: boolean;
}

/** @throws TowlineError ROLLOUT_NOT_OPEN, ROLLOUT_NOT_YET */
function nextStage({ key, file }: KeyedRollout, by: 'hold' | 'now', nowMs: number): RolloutEdit {
  const { stage, stages, since, paused, aborted } = file.value;
  if (aborted === true || paused === true)
    throw new TowlineError('ROLLOUT_NOT_OPEN', `${key} is ${aborted === true ? 'aborted' : 'paused'}`);
  if (stage >= stages.length)
    throw new TowlineError('ROLLOUT_NOT_OPEN', `${key}: all ${stages.length} stages are open`);
  const { hold = defaultHold } = stages[stage - 1] ?? {};
  const untilMs = stage === 0 ? 0 : Date.parse(since ?? '') + parseDuration(hold);
  if (by === 'hold' && nowMs < untilMs)
    throw new TowlineError('ROLLOUT_NOT_YET', `${key}: stage ${stage} is held until ${instantOf(untilMs)}`);
  return { stage: stage + 1, since: instantOf(nowMs) };
}

async function promote(
  name: string,
  { now, ...options }: PromoteOptions,
  signal: AbortSignal,
): Promise<void> {
  const by = now === true ? 'now' : 'hold';
  const stageWords = ({ file }: KeyedRollout) => {
    const { stage, stages } = file.value;
    return `stage ${stage + 1} of ${stages.length}, ${stages[stage]?.name}`;
  };
  const { made, rollout } = await changeRollout(
    {
      ...{ name, options, verb: 'promote' },
      edit: found => nextStage(found, by, Date.now()),
      message: found => `Rollout ${found.key}: ${stageWords(found)}, gets ${found.file.value.to}`,
    },
    signal,
  );
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
