/** `agent/main.ts now | hold [--for DURATION] | release`: what a person at the device wants of its agent. */
import { parseArgs } from 'node:util';
import { TowlineError } from '../core/errors.ts';
import { parseDuration } from '../core/fleet/duration.ts';
import { ProjectStore } from './apply/project-store.ts';
import { readAgentConfig } from './config.ts';
import { askAgent, type ControlRequest } from './control.ts';
import { lockState } from './state-lock.ts';

export type ControlVerb = ControlRequest['verb'];

export function isControlVerb(word: string | undefined): word is ControlVerb {
  return word === 'now' || word === 'hold' || word === 'release';
}

const defaultHold = '1h';
const longestHoldMs = 31 * 24 * 3_600_000;

/**
 * Asks the agent that runs; while none does, a hold is written down for the next one.
 * @throws TowlineError AGENT_CONTROL, AGENT_CONFIG, AGENT_STATE_LOCKED
 */
export async function runControl(verb: ControlVerb, args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: { config: { type: 'string', default: '/etc/towline/agent.yaml' }, for: { type: 'string' } },
  });
  if (values.for !== undefined && verb !== 'hold') {
    throw new TowlineError('AGENT_CONTROL', `--for belongs to hold, not to ${verb}`);
  }
  const { stateDirectory } = await readAgentConfig(values.config);
  const untilMs = Date.now() + holdMs(values.for ?? defaultHold);
  const answer = await askAgent(stateDirectory, verb === 'hold' ? { verb, untilMs } : { verb });
  if (answer !== undefined) {
    if (!answer.ok) throw new TowlineError('AGENT_CONTROL', answer.message);
    process.stdout.write(`${answer.message}\n`);
    return;
  }
  if (verb === 'now') {
    throw new TowlineError('AGENT_CONTROL', 'no agent runs here: `towline agent --once` makes a pass');
  }
  await using _lock = await lockState(stateDirectory);
  await new ProjectStore({ stateDirectory }).hold(verb === 'hold' ? untilMs : undefined);
  process.stdout.write(`${heldWords(verb === 'hold' ? untilMs : undefined)}; no agent runs here now.\n`);
}

export function heldWords(untilMs: number | undefined): string {
  if (untilMs === undefined) return 'Nothing is held any more';
  return `No project is touched before ${new Date(untilMs).toISOString().replace(/\.\d+Z$/, 'Z')}`;
}

function holdMs(text: string): number {
  const ms = /^\d{1,6}(ms|s|m|h|d)$/.test(text) ? parseDuration(text) : Number.NaN;
  if (ms > 0 && ms <= longestHoldMs) return ms;
  throw new TowlineError('AGENT_CONTROL', `--for ${text}: a duration such as 30m, 2h or 7d, at most 31d`);
}
