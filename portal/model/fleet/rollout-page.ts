/** One rollout: its stages, what the gate asks, and each device's verdict there. */
import { TowlineError } from '../../../core/errors.ts';
import type { RolloutReport } from '../../../core/rollout/board.ts';
import { stepWords } from '../../../core/rollout/board.ts';
import type { Rollout, RolloutAction, RolloutQuery } from '../../api/types.generated.ts';
import type { Model } from '../model.ts';
import { rolloutRow, seenReports, stateOf } from '../rollouts.ts';
import type { Sight } from '../sight.ts';

/** @throws TowlineError PORTAL_NOT_FOUND; what main's history throws; the signal's reason */
export async function rolloutPage(
  model: Model,
  sight: Sight,
  question: { readonly key: string; readonly query: RolloutQuery },
  signal: AbortSignal,
): Promise<Rollout> {
  const { key, query } = question;
  const reports = seenReports(await model.rollouts.reports(model.seen, signal), sight);
  const report = reports.find(one => one.key === key);
  if (report === undefined) throw new TowlineError('PORTAL_NOT_FOUND', 'there is no such rollout');
  const { rollout, count } = report;
  const { since } = rollout.file.value;
  const { state, offset, limit } = query;
  const devices = count.standings.filter(
    standing => sight.reads(standing.device) && (state === undefined || standing.state === state),
  );
  const { outage } = count;
  return {
    ...{ key, path: rollout.file.path, row: rolloutRow(report, sight), gate: gateWords(report) },
    ...(since === undefined ? {} : { since }),
    devices: devices.slice(offset, offset + limit).map(standing => ({ ...standing })),
    devicesTotal: devices.length,
    ...(outage === undefined || !sight.readsAll
      ? {}
      : { outage: `${outage.silent} of ${outage.of} devices outside of the open stages are silent too` }),
    actions: actionsOf(report, sight),
  };
}

const usual = { min: 1, success: '100%', failures: 0, within: '7d' } as const;

/** What the newest open stage asks before the next one opens. */
function gateWords({ rollout }: RolloutReport): string[] {
  const { stage, stages } = rollout.file.value;
  const open = stages[stage - 1];
  if (open === undefined) return [];
  const { min, success, failures, within } = { ...usual, ...open.gate };
  return [
    `at least ${min} of stage ${open.name} and those before have it and are well`,
    `${success} of those that have decided are well`,
    `at most ${failures} failed`,
    `within ${within}`,
    ...(open.hold === undefined ? [] : [`held for ${open.hold}`]),
  ];
}

function actionsOf(report: RolloutReport, sight: Sight): RolloutAction[] {
  const { step, rollout } = report;
  const state = stateOf(report);
  const command = (verb: string) => `towline rollout ${verb} ${rollout.name}`;
  const isOver = state === 'aborted' || state === 'over';
  const over = `it is ${state === 'over' ? 'superseded' : state}`;
  const { stage, stages } = rollout.file.value;
  const isLast = stage >= stages.length;
  const mayGoOn = step.kind === 'advance' || (step.kind === 'wait' && step.for === 'people');
  const why = sight.readsAll ? stepWords(step) : step.kind;
  const action = (
    intent: RolloutAction['intent'],
    verb: string,
    closed: string | undefined,
  ): RolloutAction => ({
    ...{ intent, open: closed === undefined, command: command(verb) },
    ...(closed === undefined ? {} : { why: closed }),
  });
  return [
    action(
      'promote-rollout',
      'promote',
      isOver || state === 'paused' ? over : isLast ? 'all stages are open' : mayGoOn ? undefined : why,
    ),
    action('pause-rollout', 'pause', state === 'running' ? undefined : over),
    action('resume-rollout', 'resume', state === 'paused' ? undefined : `it is ${state}`),
    action('abort-rollout', 'abort', isOver ? over : undefined),
  ];
}
