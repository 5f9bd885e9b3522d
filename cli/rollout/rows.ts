/** A rollout in words: its stages with what their devices are, who has failed and why, and what comes next. */
import { type RolloutReport, stepWords } from '../../core/rollout/board.ts';
import { deviceStates } from '../../core/rollout/tally.ts';
import type { Terminal } from '../command/terminal.ts';

const barWidth = 20;
/** Of devices on which it failed, a line each. */
const mostShown = 20;

export function showReport(terminal: Terminal, report: RolloutReport): void {
  const { key, rollout, count, step } = report;
  const { from, to, stage, stages, reason } = rollout.file.value;
  terminal.line(
    terminal.colour('bold', `${key}: ${from.join(', ')} → ${to}, stage ${stage} of ${stages.length}`),
  );
  const rows = stages.map((each, index) => {
    const isOpen = index < stage;
    const here = count.standings.filter(standing => standing.stage === index + 1);
    const counts = deviceStates.flatMap(state => {
      const many = here.filter(standing => standing.state === state).length;
      return many === 0 ? [] : [`${many} ${state}`];
    });
    const done = here.filter(({ state }) => state === 'done').length;
    const size = count.sizes[index] ?? 0;
    return [`${index + 1}`, each.name, isOpen ? barOf(done, size) : 'ahead', `${size}`, counts.join(', ')];
  });
  terminal.table(['STAGE', 'NAME', 'DONE', 'DEVICES', 'STATES'], rows, '  ');
  const bad = count.standings.filter(({ state }) => state === 'failed' || state === 'dark');
  for (const { device, state, why } of bad.slice(0, mostShown))
    terminal.line(`  ${terminal.colour('red', state)} ${device}${why === '' ? '' : ` – ${why}`}`);
  if (bad.length > mostShown) terminal.line(`  and ${bad.length - mostShown} more: --json`);
  terminal.line(`  next: ${stepWords(step)}`);
  if (reason !== undefined) terminal.line(`  ${reason}`);
}

function barOf(done: number, size: number): string {
  const full = size === 0 ? 0 : Math.floor((done / size) * barWidth);
  return `${'#'.repeat(full)}${'.'.repeat(barWidth - full)} ${done}/${size}`;
}

/** For a program; whole. */
export function reportJson({ key, rollout, count, step }: RolloutReport): object {
  const { app, from, to, stage, stages, since, paused = false, aborted = false } = rollout.file.value;
  return {
    rollout: key,
    ...{ app, from, to, stage, since, paused, aborted },
    stages: stages.map(({ name, hold, promote }, index) => ({
      ...{ name, hold, promote, open: index < stage, devices: count.sizes[index] ?? 0 },
    })),
    devices: count.standings,
    ...(count.outage === undefined ? {} : { outage: count.outage }),
    next: { ...step, words: stepWords(step) },
  };
}
