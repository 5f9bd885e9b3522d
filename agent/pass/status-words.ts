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
    `tunnel   ${tunnel.state}${tunnel.until === undefined ? '' : ` until ${tunnel.until}`}`,
    ...troubles.map(({ type, reason, message }) => `not ${type}: ${message ?? reason}`),
  ].map(printable);
}
