/** A plan in words. */
import { formatProblem, type Problem } from '../../errors.ts';
import { explainPlan } from '../explain-plan.ts';
import { updateWindows } from '../maintenance-window.ts';
import type { Step } from '../step.ts';
import { aheadWords } from './ahead.ts';
import type { DevicePlan } from './device-plan.ts';

/** What a step acts on, in a word. */
function objectOf(step: Step): string {
  if ('number' in step) return `${step.project}/${step.service}${step.number === 1 ? '' : `#${step.number}`}`;
  if ('service' in step) return `${step.project}/${step.service}`;
  if ('volume' in step || 'network' in step) return step.name;
  return 'project' in step ? step.project : 'tunnel';
}

export interface PlanText {
  readonly warnings: readonly Problem[];
  readonly notes: readonly string[];
  /** Every step: number, kind, what it acts on, why. */
  readonly rows: readonly string[][];
  /** What becomes of each service, and why. */
  readonly lines: readonly string[];
  /** What comes to the disk ahead. */
  readonly ahead: readonly string[];
}

const shortDigests = (text: string) => text.replace(/(@sha256:[0-9a-f]{12})[0-9a-f]{52}/g, '$1…');

/** Devices for which all of it is the same would do the same. */
export function planText({
  plan,
  downloads,
  left,
  releases,
  against,
  windows,
  warnings,
}: DevicePlan): PlanText {
  const rows = plan.steps.map((step, index) => [
    String(index + 1),
    step.kind,
    objectOf(step),
    shortDigests(step.reason),
  ]);
  const notes = [
    against,
    ...plan.skipped.map(({ project, reason }) => `${project} is left as it is: ${reason}`),
    ...[...releases, ...plan.notices, ...left].map(({ project, message }) => `${project}: ${message}`),
  ];
  const own = updateWindows(windows);
  if (rows.length > 0 && own.length > 0) notes.push('updates of what runs wait for a maintenance window');
  if (rows.length + downloads.length > 0 && own.length < windows.length)
    notes.push('images come in windows alone');
  const lines = explainPlan({ ...plan, skipped: [], notices: [] }).map(shortDigests);
  return { warnings, rows, notes, lines, ahead: aheadWords(downloads) };
}

/** As `towline plan` prints it below the name of the device. */
export function planLines({ notes, warnings, rows, lines, ahead }: PlanText): string[] {
  const warned = warnings.map(({ message, ...found }) =>
    formatProblem({ ...found, message: `warning: ${message}` }),
  );
  const nothing = rows.length + ahead.length === 0 ? ['nothing to do'] : [];
  return [...notes, ...warned, ...nothing, ...(rows.length > 0 ? lines : []), ...ahead];
}
