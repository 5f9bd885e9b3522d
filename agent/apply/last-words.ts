/**
 * What the containers of an app that failed have said last. Kept before anything is removed: a log segment, and a few words for
 * the status. Both without secrets, and neither where the fleet keeps logs at home.
 */

import type { DesiredProject } from '../../core/desired/state.ts';
import { messageOf } from '../../core/errors/cause.ts';
import { isTowlineError } from '../../core/errors.ts';
import { TimeLimit } from '../../core/io/time-limit.ts';
import { isFinished } from '../../core/plan/instance.ts';
import type { ObservedContainer } from '../../core/plan/observed.ts';
import type { EngineStep } from '../../core/plan/step.ts';
import { redacted } from '../../core/redaction/redacted-lines.ts';
import { printable } from '../../core/shown-text.ts';
import type { LastWords } from '../runtime/runtime.ts';
import { OpenedSecrets } from '../secrets/opened-secrets.ts';
import type { ApplyOptions } from './run-plan.ts';

/** Of one app, in one pass. */
const mostContainers = 8;
/** An update that went wrong does not wait longer for its words. */
const longestMs = 15_000;
const mostCharacters = 200;

export interface FailedApp {
  readonly target: DesiredProject;
  readonly error: unknown;
  /** Steps of this app that were begun. */
  readonly begun: readonly EngineStep[];
}

/** @returns at most 200 printable characters, or undefined. Never throws: going back must not wait for it */
export async function keepLastWords(options: ApplyOptions, failed: FailedApp): Promise<string | undefined> {
  const { desired, log, keepLog } = options;
  if (!desired.settings.telemetryLogs || keepLog === undefined) return undefined;
  using limit = new TimeLimit(longestMs);
  const signal = AbortSignal.any([options.signal, limit.signal]);
  try {
    const { target } = failed;
    const secrets = await secretsOf(options, target);
    const words: string[] = [];
    for (const container of await failedContainers(options, failed, signal)) {
      const lines = linesOf(await options.runtime.lastWords(container.id, signal), options.clock.now());
      const clean = redacted(lines, secrets);
      const { id, project, service } = container;
      await keepLog({ container: { id, project, service }, timeMs: options.clock.now(), lines: clean });
      words.push(`${container.service}: ${spoken(clean)}`);
    }
    return words.length === 0 ? undefined : shortened(words.join('; '));
  } catch (error) {
    log.warn({ project: failed.target.name, error: messageOf(error) }, 'last words of a container not kept');
    return undefined;
  }
}

/** All that must not leave: what the app's secrets hold, logins, and values whose names say that they are secret. */
async function secretsOf(
  { secrets: access, desired }: ApplyOptions,
  target: DesiredProject,
): Promise<string[]> {
  const opened = await new OpenedSecrets(access, desired).of(target);
  const named = Object.values(target.model.services).flatMap(({ environment = {} }) =>
    Object.entries(environment).flatMap(([name, value]) =>
      /pass|secret|token|key|credential/iu.test(name) && typeof value === 'string' ? [value] : [],
    ),
  );
  return [...opened.values(), ...named];
}

async function failedContainers(
  options: ApplyOptions,
  { target, error, begun }: FailedApp,
  signal: AbortSignal,
): Promise<ObservedContainer[]> {
  const before = new Set(options.observed.containers.map(({ id }) => id));
  const started = new Set(
    begun.flatMap(step =>
      step.kind === 'start-container' && step.container !== undefined ? [step.container] : [],
    ),
  );
  const named = isTowlineError(error) ? error.details.service : undefined;
  const isNamed = ({ service }: ObservedContainer) =>
    service === named || messageOf(error).startsWith(`${service} `);
  const { containers } = await options.observe(signal);
  return containers
    .filter(one => one.project === target.name && one.state !== 'created')
    .filter(one => {
      // What an update has stopped in order to replace it has not failed.
      const isOurs = !before.has(one.id) || started.has(one.id);
      return isSick(one) || (isOurs && (isNamed(one) || hasFailed(target, one)));
    })
    .sort((a, b) => Number(isNamed(b)) - Number(isNamed(a)))
    .slice(0, mostContainers);
}

const isSick = ({ state, health }: ObservedContainer): boolean =>
  state === 'restarting' || state === 'dead' || health === 'unhealthy';

function hasFailed(target: DesiredProject, container: ObservedContainer): boolean {
  const { state, health, inspection, service } = container;
  if (state === 'exited') return !isFinished(target.model.services[service], container);
  return health === 'starting' || (inspection?.restartCount ?? 0) > 0;
}

/** As lines of a log: what it said, what its health check said, how it ended. */
function linesOf({ lines, health, exitCode, outOfMemory }: LastWords, nowMs: number): string[] {
  const time = new Date(nowMs).toISOString();
  const checked = (health?.output ?? '').split(/\r?\n/).filter(line => line.trim() !== '');
  const check = health === undefined ? [] : [`${time} health ended with ${health.exitCode}`];
  const end =
    exitCode === undefined ? [] : [`${time} exit ${exitCode}${outOfMemory ? ' (out of memory)' : ''}`];
  return [
    ...lines.map(({ time: at, stream, text }) => `${at} ${stream} ${text.toString('utf8')}`),
    ...checked.slice(-20).map(line => `${time} health ${line}`),
    ...check,
    ...end,
  ];
}

/** How it ended, what its health check said last, what it said last. */
function spoken(lines: readonly string[]): string {
  const last = (...streams: readonly string[]) =>
    lines
      .filter(line => streams.includes(line.split(' ', 2)[1] ?? ''))
      .map(line => line.split(' ').slice(2).join(' ').trim())
      .findLast(line => line !== '' && !/^ended with \d+$/.test(line));
  const checked = lines.some(line => line.split(' ', 2)[1] === 'health');
  // Who has two voices says on the one for errors why it ends.
  const said = last('stderr') ?? last('stdout', 'tty');
  const [exit, health] = [last('exit'), last('health') ?? (checked ? 'it says nothing' : undefined)];
  const parts = [
    exit === undefined ? undefined : `exit code ${exit}`,
    health === undefined ? undefined : `health check: ${health}`,
    said,
  ];
  return parts.filter(part => part !== undefined).join('; ') || 'said nothing';
}

function shortened(words: string): string {
  const characters = [...printable(words)];
  return characters.length <= mostCharacters
    ? characters.join('')
    : `${characters.slice(0, mostCharacters - 1).join('')}…`;
}
