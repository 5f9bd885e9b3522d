/** The program: configuration, lock, signals; one pass or passes until it is told to stop. */

import { uptime } from 'node:os';
import { destination, pino } from 'pino';
import { endOnFault } from '../core/io/last-resort.ts';
import { createSystemClock } from '../core/io/system-clock.ts';
import type { ProgramLog } from '../core/log.ts';
import { printable, shownJson, shownLines } from '../core/shown-text.ts';
import { version } from '../core/version.ts';
import { Agent } from './agent.ts';
import { finishKeyChange } from './enrolment/key-change.ts';
import { agentExitCode, exitCodeOf } from './pass/exit-code.ts';
import { errorsOf, passAnswer } from './pass/pass-answer.ts';
import { outcomeOf, type PassFacts } from './pass/pass-facts.ts';
import { type AgentConfig, readAgentConfig } from './program/config.ts';
import { readingLines } from './program/reading-log.ts';
import type { RunOnce } from './program/run-once.ts';
import { tellManager } from './program/service-manager.ts';
import { compileSmall, tidyAfterPasses } from './program/small-memory.ts';
import { lockState } from './program/state-lock.ts';
import { createEngine } from './runtime/engine/engine.ts';
import { runLoop, type Watcher } from './trigger/loop.ts';
import { controlWatcher, engineWatcher } from './trigger/watchers.ts';
import type { SelfUpdate } from './update/self-update.ts';

export interface RunOptions {
  readonly configFile: string;
  readonly once: boolean;
  /** With `once`: how the pass went, as one JSON object on standard output instead of a sentence. */
  readonly json: boolean;
  /** With `json`: what stands in that object, too. */
  readonly beside?: Parameters<RunOnce>[0]['beside'];
  /** The log as lines of JSON wherever it goes; else in words where it goes to a terminal. */
  readonly jsonLog: boolean;
}

/** @returns the exit code @throws TowlineError AGENT_CONFIG, AGENT_STATE_LOCKED, AGENT_KEYS */
export async function runAgent(options: RunOptions): Promise<number> {
  compileSmall();
  const stopping = new AbortController();
  let leaving = false;
  const leave = (why: string): void => {
    leaving = true;
    stopping.abort(new Error(why));
  };
  const stop = (): void => stopping.abort(new Error('the agent was told to stop'));
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
  try {
    for (;;) {
      const reloading = new AbortController();
      const reload = (): void => reloading.abort(new Error('the configuration is read again'));
      process.on('SIGHUP', reload);
      try {
        const until = AbortSignal.any([stopping.signal, reloading.signal]);
        const code = await runConfigured(options, leave, until);
        if (leaving) return agentExitCode.another;
        if (!reloading.signal.aborted || stopping.signal.aborted || options.once) return code;
      } finally {
        process.off('SIGHUP', reload);
      }
    }
  } finally {
    process.off('SIGTERM', stop);
    process.off('SIGINT', stop);
  }
}

/** @param leave ends it: another version is to be started */
async function runConfigured(
  options: RunOptions,
  leave: (why: string) => void,
  signal: AbortSignal,
): Promise<number> {
  const config = await readAgentConfig(options.configFile);
  const log = makeLog(config, !options.jsonLog && process.stderr.isTTY === true);
  using _fault = endOnFault(log, 'AGENT_FAILED');
  await using _lock = await lockState(config.stateDirectory);
  await finishKeyChange(config.stateDirectory);
  const clock = createSystemClock();
  const agent = await openAgent(
    config,
    log,
    options.once ? undefined : await ownUpdates(options, config, log, leave),
  );
  log.info({ version, fleet: config.fleet, slot: agent.update.slot }, 'agent started');
  const { nativeCiphersLoaded } = await import('../core/io/ssh/ssh-native.ts');
  if (!nativeCiphersLoaded()) log.warn({}, 'the native addon of ssh2 is not loaded: tunnels are slower');
  try {
    if (!options.once) {
      const tidy = tidyAfterPasses(globalThis.gc);
      const afterPass = (facts: PassFacts) => {
        tidy(facts);
        return agent.retries.see(facts);
      };
      const watchers: Watcher[] = [
        engineWatcher(agent.runtime, clock),
        (ring, until) => agent.downloads.watch(() => ring('engine'), until),
        controlWatcher(agent, config.stateDirectory, log),
        (_ring, until) => agent.collect(until),
        (_ring, until) => agent.stores.run(until),
        (ring, until) => agent.rollouts.watch(() => ring('rollout'), until),
        (ring, until) => agent.retries.watch(() => ring('retry'), until),
        (ring, until) => agent.wayIn.recordings.run(() => ring('recording'), until),
        (ring, until) => agent.update.run(() => ring('retry'), until),
        (_ring, until) => tellManager({ environment: process.env, clock, log }, until),
      ];
      await runLoop({ agent, clock, random: Math.random, log, schedule, watchers, afterPass }, signal);
      return agentExitCode.done;
    }
    const { facts } = await agent.pass(false, signal);
    if (await agent.downloads.settled()) await agent.pass(false, signal);
    const { beside } = options;
    const said = options.json
      ? shownJson({ ...(typeof beside === 'function' ? await beside() : beside), ...summary(facts) })
      : printable(passAnswer(facts).message);
    process.stdout.write(`${said}\n`);
    return exitCodeOf(facts);
  } catch (error) {
    if (signal.aborted) return agentExitCode.done;
    throw error;
  } finally {
    await agent.stop();
    log.info({}, 'agent stopped');
  }
}

/** One pass, and what the device has to say after it. Nothing is printed. @throws as `runAgent` does */
export async function exportOnce(configFile: string): Promise<{ commits: number; bundle: Buffer }> {
  const config = await readAgentConfig(configFile);
  const log = makeLog({ ...config, logLevel: 'error' }, process.stderr.isTTY === true);
  await using _lock = await lockState(config.stateDirectory);
  await finishKeyChange(config.stateDirectory);
  const agent = await openAgent(config, log);
  try {
    await agent.pass(false, new AbortController().signal);
    return await agent.exportStatus();
  } finally {
    await agent.stop();
  }
}

function openAgent(config: AgentConfig, log: ProgramLog, update?: SelfUpdate): Promise<Agent> {
  const engine = createEngine(config.engineSocket);
  const updates = update === undefined ? {} : { update };
  const parts = { config, clock: createSystemClock(), engine, log, random: Math.random, version };
  return Agent.create({ ...parts, ...updates });
}

/** Loaded where the launcher has started this agent. */
async function ownUpdates(
  { configFile }: RunOptions,
  { stateDirectory }: AgentConfig,
  log: ProgramLog,
  leave: (why: string) => void,
): Promise<SelfUpdate | undefined> {
  const environment = process.env;
  if (environment.TOWLINE_SLOT === undefined) return undefined;
  const { openUpdater } = await import('./update/open-updater.ts');
  const clock = createSystemClock();
  const of = { stateDirectory, configFile, version, environment, clock, log, leave };
  return await openUpdater({ ...of, uptimeSec: uptime });
}

async function schedule(
  expression: string,
  onTick: () => void,
  timezone?: string,
): Promise<{ stop(): void }> {
  const cron = await import('node-cron');
  const task = cron.schedule(expression, onTick, timezone === undefined ? {} : { timezone });
  return {
    stop: () => {
      task.destroy();
    },
  };
}

function makeLog(config: AgentConfig, inWords: boolean): ProgramLog {
  const redact = ['proxy', '*.proxy', 'credentials', '*.credentials', '*.password', '*.authorization'];
  // Standard output is for how a pass went.
  return pino(
    { level: config.logLevel, base: { device: config.device }, redact },
    (inWords ? readingLines : shownLines)(destination({ fd: 2, sync: true })),
  );
}

function summary(facts: PassFacts): object {
  const { verdict, applied } = facts;
  return {
    pass: facts.pass,
    outcome: outcomeOf(facts),
    trusted: verdict?.trusted.commit ?? null,
    stopped: verdict?.stopped ?? null,
    steps: facts.steps,
    pushed: facts.pushed,
    problems: facts.problems,
    projects: applied?.projects ?? [],
    errors: errorsOf(facts),
  };
}
