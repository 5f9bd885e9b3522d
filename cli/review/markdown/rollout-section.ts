/** Rollouts that a branch adds or changes: how many devices each stage has. */
import type { ReviewFile } from '../../../schemas/types.generated.ts';
import { counted, number, shown, shownList, table } from './shown.ts';

type Rollout = ReviewFile['rollouts'][number];

function headline({ app, name, change, from, to, stage, was, state, stages }: Rollout): string {
  const moved =
    was === undefined || was === stage
      ? `${number(stage)} of ${number(stages.length)} stages open`
      : `stages open: ${number(was)} → ${number(stage)} of ${number(stages.length)}`;
  const goes = `${shownList(from, 80)} → ${shown(to, 80)}`;
  const halted = state === 'goes on' ? '' : `, **${state}**`;
  return `Rollout ${shown(`${app}/${name}`, 120)} (**${change}**): ${goes}, ${moved}${halted}`;
}

export function rolloutSection(rollout: Rollout): string[] {
  const { stages, pinned, outside } = rollout;
  const rows = stages.map(({ name, devices, isOpen, hold, gate, promote }, index) => [
    `${index + 1}`,
    shown(name, 80),
    number(devices),
    isOpen ? 'open' : '',
    shown(hold, 80),
    gate === undefined ? 'none' : shown(gate),
    promote,
  ]);
  return [
    headline(rollout),
    '',
    ...table(['stage', 'name', 'devices', '', 'hold', 'gate', 'opened by'], rows),
    `Not moved: ${counted(pinned, 'device')} with a release of their own, ${number(outside)} in no stage or on another release.`,
    '',
  ];
}
