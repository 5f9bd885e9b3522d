/** `agent/main.ts rotate-keys`: new keys for this device, accepted by a person as its first ones were. */
import path from 'node:path';
import { parseArgs } from 'node:util';
import { agentVerbs } from '../../core/agent-verbs.ts';
import { statementFingerprint } from '../../core/enrolment/statement.ts';
import { readDeviceKeys } from '../../core/io/device-keys.ts';
import { createSystemClock } from '../../core/io/system-clock.ts';
import { printable, shownJson } from '../../core/shown-text.ts';
import { finishKeyChange, nextKeys, stateNextKeys, useNextKeys } from '../enrolment/key-change.ts';
import { type EnrolmentState, submitStatement, waitUntilAccepted } from '../enrolment/state-keys.ts';
import { type AgentConfig, readAgentConfig } from './config.ts';
import { deviceDialler } from './device-dialler.ts';
import { lockState } from './state-lock.ts';
import { untilStopped } from './until-stopped.ts';

/**
 * The agent may run meanwhile, with its old keys; it takes the new ones at SIGHUP or its next start.
 * With `--json` a line for each state: the fingerprint is needed while it waits.
 * @returns the exit code: 130 when it was stopped
 * @throws TowlineError ENROLMENT_…, AGENT_…
 */
export async function runRotateKeys(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: agentVerbs['rotate-keys'].options,
  });
  const config = await readAgentConfig(values.config);
  return await untilStopped(signal =>
    rotate(config, { noWait: values['no-wait'], json: values.json }, signal),
  );
}

interface RotateOptions {
  readonly noWait: boolean;
  readonly json: boolean;
}

async function rotate(
  config: AgentConfig,
  { noWait, json }: RotateOptions,
  signal: AbortSignal,
): Promise<void> {
  const { stateDirectory, device } = config;
  const say = (line: string): void => {
    if (!json) process.stdout.write(`${printable(line)}\n`);
  };
  await using _lock = await lockState(stateDirectory, 'rotate-keys.lock');
  await finishKeyChange(stateDirectory);
  const present = await readDeviceKeys(path.join(stateDirectory, 'keys'));
  const next = await nextKeys(stateDirectory, device);
  const signed = await stateNextKeys(stateDirectory, config, present, next);
  const fingerprint = statementFingerprint(signed.statement);
  const tell = (state: EnrolmentState): void => {
    const facts = { fleet: config.fleet, device, fingerprint, state };
    if (json) process.stdout.write(`${shownJson(facts)}\n`);
  };
  const clock = createSystemClock();
  const dialler = deviceDialler(config, next, { debug: () => {}, warn: () => {} });
  try {
    const state = await submitStatement(dialler, signed, signal);
    if (state === 'waiting') {
      tell(state);
      say(`fingerprint  ${fingerprint}`);
      say(`Read it to the person who accepts these keys: towline device accept ${device}`);
      if (noWait) {
        say('Run this again once they have: the old keys are used until then.');
        return;
      }
      await waitUntilAccepted({ dialler, signed, clock }, signal);
    }
    await useNextKeys(stateDirectory);
    tell('accepted');
    say('The new keys are in place and the old ones gone. An agent that runs takes them at SIGHUP.');
  } finally {
    await dialler.close();
  }
}
