/** What the agent's own program says of its command line, made of its verbs. */
import type { AgentArgument, AgentVerb } from '../../core/agent-verb.ts';
import { agentRun, agentVerbs } from '../../core/agent-verbs.ts';

const width = 100;

/** `[--config FILE]` for each option, broken to lines that stand below one another. */
function synopsis(name: string, { arguments: places = [], options }: AgentVerb): string {
  const words = Object.entries(options).map(([option, { value }]) =>
    value === undefined ? `[--${option}]` : `[--${option} ${value.slice(1, -1).toUpperCase()}]`,
  );
  const lines = [`towline agent ${name}`.trimEnd()];
  for (const word of [...places.map(formsOf), ...words]) {
    const longer = `${lines.at(-1)} ${word}`;
    if (longer.length + 7 <= width) lines[lines.length - 1] = longer;
    else lines.push(`              ${word}`);
  }
  return lines.map(line => `       ${line}`).join('\n');
}

/** What may be left out stands in brackets. */
function formsOf({ name, forms }: AgentArgument): string {
  return name.startsWith('<') ? forms : `[${forms}]`;
}

const column = (name: string) => `  ${name.padEnd(16)}`;

/** A verb that has others below it is nothing by itself. */
function leaves(name: string, verb: AgentVerb): [name: string, verb: AgentVerb][] {
  if (verb.verbs === undefined) return [[name, verb]];
  return Object.entries(verb.verbs).flatMap(([below, one]) => leaves(`${name} ${below}`, one));
}

export function usage(): string {
  const verbs = Object.entries(agentVerbs).flatMap(([name, verb]) => leaves(name, verb));
  return [
    [synopsis('', agentRun), ...verbs.map(([name, verb]) => synopsis(name, verb))]
      .join('\n')
      .replace('      ', 'usage:'),
    Object.entries(agentRun.options)
      .map(([name, { about }]) => `${column(`--${name}`)}${about}`)
      .join('\n'),
    verbs.map(([name, { about }]) => `${column(name)}${about}`).join('\n'),
    `With --once, now and import: 0 done, 3 stopped before the head, 4 rolled back, 5 degraded, failed or stale,
6 gateway not reachable, 2 usage or configuration.
SIGHUP reads the configuration again; SIGTERM ends a pass cleanly.`,
  ].join('\n\n');
}
