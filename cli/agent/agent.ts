/** `towline agent`: runs the agent's own program. What it may be told is the agent's to say (core/agent-verbs.ts). */
import type { Command } from 'commander';
import type { AgentOption, AgentVerb } from '../../core/agent-verb.ts';
import { agentRun, agentVerbs } from '../../core/agent-verbs.ts';
import { TowlineError } from '../../core/errors.ts';
import { runProgram } from '../command/child-program.ts';
import { examples } from '../command/examples.ts';

/** What the agent's program takes, asked here so that a slip is a wrong command line. */
async function assertHold(text: string): Promise<void> {
  const { readHold } = await import('../../core/plan/hold.ts');
  if (readHold(text) !== undefined) return;
  throw new TowlineError('CLI_USAGE', `--for ${text} must be a duration such as 30m, 2h or 7d, at most 31d`);
}

async function assertProxy(text: string): Promise<void> {
  const { proxyOption } = await import('../command/proxy-option.ts');
  proxyOption(text);
}

/** Option → what its value must pass. The value itself goes to the agent as it was typed. */
const checks: Readonly<Record<string, (text: string) => Promise<void>>> = {
  for: assertHold,
  proxy: assertProxy,
};

/** An option of `agent` itself is read wherever it stands, also before the verb; the agent's program takes the verb first. */
async function runVerb(verb: Command, path: readonly string[]): Promise<void> {
  if (verb.optsWithGlobals<{ once?: boolean }>().once === true) {
    const message = `--once belongs to \`towline agent\` alone, not to its verb ${path.join(' ')}`;
    throw new TowlineError('CLI_USAGE', message);
  }
  for (const [name, check] of Object.entries(checks)) {
    const value: unknown = verb.getOptionValue(name);
    if (typeof value === 'string') await check(value);
  }
  const words = wordsAfterAgent();
  let place = 0;
  for (const name of path) {
    place = words.findIndex((word, at) => at >= place && word === name && words[at - 1] !== '--config');
    words.splice(place, 1);
  }
  await runProgram('agent', [...path, ...words]);
}

/** The words of the command line after `agent`: commander has checked them, the agent's program reads them. */
const wordsAfterAgent = (): string[] => process.argv.slice(process.argv.indexOf('agent', 2) + 1);

/** The arguments, the options and the examples of a verb. */
function describe(command: Command, { arguments: places = [], options, examples: lines }: AgentVerb): void {
  for (const { name, about } of places) command.argument(name, about);
  for (const [name, option] of Object.entries<AgentOption>(options))
    command.option(option.value === undefined ? `--${name}` : `--${name} ${option.value}`, option.about);
  command.addHelpText('after', examples(lines));
}

function register(above: Command, path: readonly string[], verb: AgentVerb): void {
  const command = above.command(path.at(-1) ?? '').description(verb.about);
  describe(command, verb);
  if (verb.verbs === undefined) command.action(() => runVerb(command, path));
  for (const [name, below] of Object.entries(verb.verbs ?? {})) register(command, [...path, name], below);
}

export function registerAgent(agent: Command): void {
  describe(agent, agentRun);
  agent.action(() => runProgram('agent', wordsAfterAgent()));
  for (const [name, verb] of Object.entries<AgentVerb>(agentVerbs)) register(agent, [name], verb);
}
