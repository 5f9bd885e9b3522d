/** `towline agent`: runs the agent's own program. What it may be told is the agent's to say (core/agent-verbs.ts). */
import type { Command } from 'commander';
import { type AgentOption, type AgentVerb, agentRun, agentVerbs } from '../../core/agent-verbs.ts';
import { TowlineError } from '../../core/errors.ts';
import { readHold } from '../../core/plan/hold.ts';
import { proxyOption } from '../command/address-option.ts';
import { runProgram } from '../command/child-program.ts';
import { examples } from '../command/examples.ts';

/** What the agent's program takes, asked here so that a slip is a wrong command line. */
function holdDuration(text: string): string {
  if (readHold(text) !== undefined) return text;
  throw new TowlineError('CLI_USAGE', `--for ${text} must be a duration such as 30m, 2h or 7d, at most 31d`);
}

/** Option → what its value must pass. The value itself goes to the agent as it was typed. */
const checks: Readonly<Record<string, (text: string) => string>> = { for: holdDuration, proxy: proxyOption };

/** An option of `agent` itself is read wherever it stands, also before the verb; the agent's program takes the verb first. */
function runVerb(verb: Command): Promise<void> {
  if (verb.optsWithGlobals<{ once?: boolean }>().once === true) {
    const message = `--once belongs to \`towline agent\` alone, not to its verb ${verb.name()}`;
    throw new TowlineError('CLI_USAGE', message);
  }
  const words = wordsAfterAgent();
  const place = words.findIndex((word, index) => word === verb.name() && words[index - 1] !== '--config');
  return runProgram('agent', [verb.name(), ...words.toSpliced(place, 1)]);
}

/** The words of the command line after `agent`: commander has checked them, the agent's program reads them. */
const wordsAfterAgent = (): string[] => process.argv.slice(process.argv.indexOf('agent', 2) + 1);

function addOption(command: Command, name: string, { value, about }: AgentOption): void {
  const flags = value === undefined ? `--${name}` : `--${name} ${value}`;
  const check = checks[name];
  if (check === undefined) command.option(flags, about);
  else command.option(flags, about, check);
}

/** The argument, the options and the examples of a verb. */
function describe(command: Command, { argument, options, examples: lines }: AgentVerb): void {
  if (argument !== undefined) command.argument(argument.name, argument.about);
  for (const [name, option] of Object.entries(options)) addOption(command, name, option);
  command.addHelpText('after', examples(lines));
}

export function registerAgent(agent: Command): void {
  describe(agent, agentRun);
  agent.action(() => runProgram('agent', wordsAfterAgent()));
  for (const [name, verb] of Object.entries(agentVerbs)) {
    const command = agent.command(name).description(verb.about);
    describe(command, verb);
    command.action(() => runVerb(command));
  }
}
