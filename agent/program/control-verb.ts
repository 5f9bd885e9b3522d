/** `agent/main.ts now | hold [--for DURATION] | release`: what a person at the device wants of its agent. */
import { parseArgs } from 'node:util';
import { agentVerbs } from '../../core/agent-verbs.ts';
import { TowlineError } from '../../core/errors.ts';
import { readHold } from '../../core/plan/hold.ts';
import { printable, shownJson } from '../../core/shown-text.ts';
import { timeWord } from '../../core/time-word.ts';
import { ProjectStore } from '../projects/project-store.ts';
import { askAgent, type ControlRequest, heldWords } from '../trigger/control.ts';
import { readAgentConfig } from './config.ts';
import { lockState } from './state-lock.ts';

export type ControlVerb = ControlRequest['verb'];

const defaultHold = '1h';

/**
 * Asks the agent that runs; while none does, a hold is written down for the next one.
 * With `--json`: `{outcome}` of `now`, with `errors` where there are some, else `{heldUntil, agentRuns}`.
 * @returns the exit code: of `now` that of its pass, as `--once` has it
 * @throws TowlineError AGENT_CONTROL, AGENT_NOT_RUNNING, AGENT_CONFIG, AGENT_STATE_LOCKED
 */
export async function runControl(verb: ControlVerb, args: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: agentVerbs.hold.options,
  });
  if (values.for !== undefined && verb !== 'hold') {
    throw new TowlineError('AGENT_CONTROL', `--for belongs to hold, not to ${verb}`);
  }
  const { stateDirectory } = await readAgentConfig(values.config);
  const untilMs = Date.now() + holdMs(values.for ?? defaultHold);
  const heldUntilMs = verb === 'hold' ? untilMs : undefined;
  const say = (message: string, facts: object) =>
    process.stdout.write(`${values.json ? shownJson(facts) : printable(message)}\n`);
  const held = (agentRuns: boolean) => ({
    heldUntil: heldUntilMs === undefined ? null : timeWord(heldUntilMs),
    agentRuns,
  });
  const answer = await askAgent(stateDirectory, verb === 'hold' ? { verb, untilMs } : { verb });
  if (answer !== undefined) {
    if (!answer.ok) throw new TowlineError('AGENT_CONTROL', answer.message);
    if (verb === 'status') {
      const { lines = [answer.message], status = null } = answer;
      if (values.json) say('', { status });
      else for (const line of lines) say(line, {});
      return 0;
    }
    const { outcome = null, errors = [], exitCode = 0 } = answer;
    const ended = { outcome, ...(errors.length === 0 ? {} : { errors }) };
    say(answer.message, verb === 'now' ? ended : held(true));
    return exitCode;
  }
  if (verb === 'now' || verb === 'status') {
    throw new TowlineError('AGENT_NOT_RUNNING', `no agent runs with ${stateDirectory}`);
  }
  await using _lock = await lockState(stateDirectory);
  await new ProjectStore({ stateDirectory }).hold(heldUntilMs);
  say(`${heldWords(heldUntilMs)}; no agent runs here now.`, held(false));
  return 0;
}

function holdMs(text: string): number {
  const ms = readHold(text);
  if (ms !== undefined) return ms;
  throw new TowlineError('AGENT_CONTROL', `--for ${text}: a duration such as 30m, 2h or 7d, at most 31d`);
}
