/** Plans as people read them. */
import type { DevicePlan } from '../../core/plan/between/device-plan.ts';
import { type PlanText, planText } from '../../core/plan/between/plan-text.ts';
import { formatWarning } from '../command/report-error.ts';
import type { Terminal } from '../command/terminal.ts';

/** `services`: what becomes of each service, and why; `steps`: every step. */
export type PlanDetail = 'services' | 'steps';

/** Devices that would do the same are shown once. */
export function showPlans(
  terminal: Terminal,
  plans: readonly DevicePlan[],
  name: string,
  detail: PlanDetail,
): void {
  const groups = new Map<string, { devices: string[]; text: PlanText }>();
  for (const plan of plans) {
    const text = planText(plan);
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
