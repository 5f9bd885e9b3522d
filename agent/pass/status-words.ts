/** What the agent last said of its device, for a person who stands at it. */
import { printable } from '../../core/shown-text.ts';
import { nextWords } from '../../core/telemetry/device-summary.ts';
import type { StatusFile } from '../../schemas/types.generated.ts';

/** @returns lines, each printable */
export function statusWords(status: StatusFile): string[] {
  const { device, fleet, outcome, time, trusted, stopped, tunnel } = status;
  // A closed tunnel is none.
  const troubles = status.conditions.filter(({ status: holds, type }) => !holds && type !== 'TunnelOpen');
  return [
    `${device} of ${fleet}: ${outcome}, at ${time}`,
    `trusts   ${trusted?.commit ?? 'nothing yet'}`,
    ...(stopped === undefined ? [] : [`stopped  ${stopped.code} ${stopped.message}`]),
    ...status.projects.map(
      ({ app, release, state, message }) =>
        `app      ${[app, release, state, message].filter(word => word !== undefined).join(' ')}`,
    ),
    ...status.projects.flatMap(({ app, next }) =>
      next === undefined ? [] : [`next     ${app} ${nextWords(next)}`],
    ),
    `agent    ${agentWords(status.agent)}`,
    `tunnel   ${tunnel.state}${tunnel.until === undefined ? '' : ` until ${tunnel.until}`}`,
    ...troubles.map(({ type, reason, message }) => `not ${type}: ${message ?? reason}`),
  ].map(printable);
}

/** Which version runs, from where, and how it comes to another. */
function agentWords({ version, slot, update }: StatusFile['agent']): string {
  const from = slot === undefined || slot === '0' ? version : `${version} (${slot})`;
  if (update === undefined) return from;
  const { version: to, phase, code, message } = update;
  const why = [code, message].filter(word => word !== undefined).join(': ');
  return `${from}; ${to} ${phase}${why === '' ? '' : `: ${why}`}`;
}
