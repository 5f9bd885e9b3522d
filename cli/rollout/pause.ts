/** `towline rollout pause`, `resume`: no further stage opens until then; what is open goes on. */
import type { Command } from 'commander';
import { TowlineError } from '../../core/errors.ts';
import { instantOf } from '../../core/rollout/board.ts';
import type { RolloutEdit } from '../../core/rollout/edited.ts';
import { withinMsOf } from '../../core/rollout/gate.ts';
import type { RolloutFile } from '../../schemas/types.generated.ts';
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
    {
      ...{ name, options, verb: 'pause' },
      edit: ({ file }) =>
        file.value.paused === true
          ? undefined
          : { paused: true, ...(reason === undefined ? {} : { reason }) },
      message: ({ key }) => `Rollout ${key} is paused${reason === undefined ? '' : `\n\n${reason}`}`,
    },
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
    {
      ...{ name, options, verb: 'resume' },
      edit: ({ key, file }) => {
        if (file.value.aborted === true)
          throw new TowlineError('ROLLOUT_NOT_OPEN', `${key} is aborted: begin another one`);
        if (file.value.paused !== true) return undefined;
        return { paused: false, reason: undefined, ...timeAnew(file.value, Date.now()) };
      },
      message: ({ key }) => `Rollout ${key} goes on`,
    },
    signal,
  );
  const { key } = rollout;
  sayMade(made, {
    json: options.json === true,
    ...{ done: `${key} goes on`, already: `${key} is not paused`, fields: { rollout: key } },
  });
}

/** Its devices are given as long as at first where that time is over: a bot would pause it again at once. */
function timeAnew({ stage, stages, since }: RolloutFile, nowMs: number): RolloutEdit {
  if (stage === 0 || since === undefined) return {};
  const isOver = nowMs >= Date.parse(since) + withinMsOf(stages[stage - 1]?.gate);
  return isOver ? { since: instantOf(nowMs) } : {};
}

export function registerRolloutPause(rollout: Command, stop: Stop): void {
  const pausing = rollout
    .command('pause')
    .description('Open no further stage of a rollout. Devices of open stages go on.')
    .argument('<rollout>', 'name, or app/name');
  changeOptions(pausing)
    .option('--reason <text>', 'for people; it stands in the file')
    .addHelpText(
      'after',
      examples([['towline rollout pause hello-1.5 --reason INC-42', 'until it is resumed']]),
    )
    .action((name: string, options: PauseOptions) => pause(name, options, stop()));
  const resuming = rollout
    .command('resume')
    .description('Let a paused rollout go on.')
    .argument('<rollout>', 'name, or app/name');
  changeOptions(resuming)
    .addHelpText('after', examples([['towline rollout resume hello-1.5', 'its gate is judged anew']]))
    .action((name: string, options: ChangeOptions) => resume(name, options, stop()));
}
