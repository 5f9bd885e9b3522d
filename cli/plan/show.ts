/** Plans as people and scripts read them. */
import type { MaintenanceWindow } from '../../core/desired/state.ts';
import type { Problem } from '../../core/errors.ts';
import { problemJson } from '../../core/fleet/fleet-problems.ts';
import { aheadJson, aheadWords } from '../../core/plan/between/ahead.ts';
import type { Download } from '../../core/plan/downloads.ts';
import { explainPlan } from '../../core/plan/explain-plan.ts';
import type { LeftVolumes } from '../../core/plan/left-behind.ts';
import { updateWindows } from '../../core/plan/maintenance-window.ts';
import type { WholePlan } from '../../core/plan/plan.ts';
import type { Step } from '../../core/plan/step.ts';
import { formatWarning } from '../command/report-error.ts';
import type { Terminal } from '../command/terminal.ts';

export interface DevicePlan {
  readonly device: string;
  readonly plan: WholePlan;
  /** What comes to the disk beside it. */
  readonly downloads: readonly Download[];
  /** What becomes of data that no app names any more. */
  readonly left: readonly LeftVolumes[];
  /** What people must know of releases that come. */
  readonly releases: readonly { readonly project: string; readonly message: string }[];
  /** What was assumed to run there. */
  readonly against: string;
  readonly windows: readonly MaintenanceWindow[];
  /** What the Compose files say and was hardly meant. */
  readonly warnings: readonly Problem[];
}

/** What a step acts on, in a word. */
function objectOf(step: Step): string {
  if ('number' in step) return `${step.project}/${step.service}${step.number === 1 ? '' : `#${step.number}`}`;
  if ('service' in step) return `${step.project}/${step.service}`;
  if ('volume' in step || 'network' in step) return step.name;
  return 'project' in step ? step.project : 'tunnel';
}

/** `services`: what becomes of each service, and why; `steps`: every step. */
export type PlanDetail = 'services' | 'steps';

interface PlanText {
  readonly warnings: readonly Problem[];
  readonly notes: readonly string[];
  readonly rows: readonly string[][];
  readonly lines: readonly string[];
  readonly ahead: readonly string[];
}

const shortDigests = (text: string) => text.replace(/(@sha256:[0-9a-f]{12})[0-9a-f]{52}/g, '$1…');

function textOf({ plan, downloads, left, releases, against, windows, warnings }: DevicePlan): PlanText {
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

/** Devices that would do the same are shown once. */
export function showPlans(
  terminal: Terminal,
  plans: readonly DevicePlan[],
  name: string,
  detail: PlanDetail,
): void {
  const groups = new Map<string, { devices: string[]; text: PlanText }>();
  for (const plan of plans) {
    const text = textOf(plan);
    const key = JSON.stringify(text);
    const group = groups.get(key) ?? { devices: [], text };
    group.devices.push(plan.device);
    groups.set(key, group);
  }
  terminal.line(`plan for ${name}`);
  for (const { devices, text } of groups.values()) {
    terminal.line();
    const count = devices.length === 1 ? '' : ` (${devices.length} devices)`;
    terminal.line(terminal.colour('bold', `${devices.join(', ')}${count}`));
    for (const note of text.notes) terminal.line(`  ${note}`);
    for (const warning of text.warnings) terminal.line(`  ${formatWarning(terminal, warning)}`);
    if (text.rows.length + text.ahead.length === 0)
      terminal.line(terminal.colour('green', '  nothing to do'));
    else if (detail === 'steps' && text.rows.length > 0)
      terminal.table(['#', 'STEP', 'OF', 'WHY'], text.rows, '  ');
    else if (text.rows.length > 0) for (const line of text.lines) terminal.line(`  ${line}`);
    for (const line of text.ahead) terminal.line(`  ${line}`);
  }
}

export const planJson = ({
  device,
  plan,
  downloads,
  left,
  releases,
  against,
  windows,
  warnings,
}: DevicePlan) => ({
  device,
  against,
  steps: plan.steps,
  downloads: downloads.map(aheadJson),
  skipped: plan.skipped,
  notices: plan.notices,
  left,
  releases,
  windows,
  warnings: warnings.map(problemJson),
});
