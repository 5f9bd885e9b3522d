import type { HostVersions } from '../../core/telemetry/settings/least-versions.ts';
import { timeWord } from '../../core/time-word.ts';
import type { StatusFile } from '../../schemas/types.generated.ts';
import type { ProjectOutcome } from '../apply/outcome.ts';
import type { ObservedTunnel } from '../tunnel/controller.ts';
import { type AgentContext, agentOf } from './agent-status.ts';
import { type KeptData, withBackups } from './backup-status.ts';
import { conditionsOf } from './conditions.ts';
import { withNext } from './next-status.ts';
import { appliedCommit, outcomeOf, type PassFacts } from './pass-facts.ts';
import { withRollouts } from './rollout-status.ts';
import { projectsUnderWay } from './under-way.ts';
import { unknownProjects } from './unknown-projects.ts';

export interface StatusContext extends AgentContext {
  readonly fleet: string;
  readonly device: string;
  readonly nowMs: number;
  readonly trustedCommit: string;
  readonly tunnel: ObservedTunnel;
  readonly recordings?: StatusFile['recordings'] | undefined;
  /** Commands of people who were cut, that go on. */
  readonly leftRunning?: readonly string[] | undefined;
  /** What the last pass that got so far said; a pass that did not goes on saying it. */
  readonly lastProjects: StatusFile['projects'];
  readonly lastApplied: string | undefined;
  /** What the device remembers of its data. */
  readonly kept?: KeptData | undefined;
  readonly host?: HostVersions | undefined;
}

/** The deferred summary: pure, and computed once. */
export function statusOf(facts: PassFacts, context: StatusContext): StatusFile {
  const { verdict } = facts;
  const stop = verdict?.stopped;
  const lineTime = verdict === undefined ? {} : { lineTime: timeWord(verdict.trusted.lineTimeSec * 1000) };
  const commit = appliedCommit(facts) ?? context.lastApplied;
  const projects = projectsNow(facts, context);
  return {
    apiVersion: 'towline/v1',
    fleet: context.fleet,
    device: context.device,
    time: timeWord(context.nowMs),
    pass: facts.pass,
    agent: agentOf(facts, context),
    ...(context.host === undefined ? {} : { host: hostOf(context.host, facts.machine) }),
    trusted: { commit: verdict?.trusted.commit ?? context.trustedCommit, ...lineTime },
    ...(stop === undefined
      ? {}
      : {
          stopped: {
            code: stop.code,
            commit: stop.commit,
            ...(stop.path === undefined ? {} : { path: stop.path }),
            message: stop.message,
            ...(verdict === undefined ? {} : { head: verdict.head }),
          },
        }),
    ...(facts.followed === undefined ? {} : { followed: facts.followed }),
    outcome: outcomeOf(facts),
    ...(facts.desired?.retired === undefined ? {} : { retired: facts.desired.retired }),
    ...(commit === undefined ? {} : { applied: commit }),
    conditions: conditionsOf(facts, context.tunnel, projects),
    projects,
    tunnel: tunnelOf(context.tunnel, context.leftRunning),
    ...(context.recordings === undefined ? {} : { recordings: context.recordings }),
  };
}

function hostOf(
  { os, osVersion, kernel, architecture }: HostVersions,
  { platform, memory }: NonNullable<PassFacts['machine']> = {},
): NonNullable<StatusFile['host']> {
  const named = [os, osVersion].filter(word => word !== undefined).join(' ');
  return {
    ...(named === '' ? {} : { os: named }),
    kernel,
    architecture,
    ...(platform === undefined ? {} : { platform }),
    ...(memory === undefined ? {} : { memory }),
  };
}

function projectsNow(facts: PassFacts, context: StatusContext): StatusFile['projects'] {
  const { applied, desired, downloads } = facts;
  const wanted = withWanted(applied?.projects.map(projectOf) ?? projectsBefore(facts, context), facts);
  const coming = withNext(withRollouts(wanted, desired), downloads);
  return withBackups(coming, context.kept, desired);
}

/** What a pass that did not get to the apps says of them. */
function projectsBefore(facts: PassFacts, { lastProjects }: StatusContext): StatusFile['projects'] {
  if (facts.engineError !== undefined) return unknownProjects(facts.engineError, lastProjects, facts.desired);
  return projectsUnderWay(lastProjects, facts);
}

/** Of a commit that could not be read nothing is known to be wanted: what was said before stands. */
function withWanted(projects: StatusFile['projects'], { desired }: PassFacts): StatusFile['projects'] {
  if (desired === undefined) return projects;
  const wanted = new Map(desired.projects.map(project => [project.name, project]));
  return projects.map(({ wanted: _before, ...project }) => {
    const now = wanted.get(project.project);
    if (now === undefined) return project;
    const { release, digest } = now;
    return { ...project, wanted: { ...(release === undefined ? {} : { release }), digest } };
  });
}

function projectOf({ code, ...project }: ProjectOutcome): StatusFile['projects'][number] {
  const { app, project: name, state, services, release, digest, message, setAside, lastWords } = project;
  const words = [code, message].filter(word => word !== undefined && word !== '').join(': ');
  return {
    app,
    project: name,
    ...(release === undefined ? {} : { release }),
    ...(digest === undefined ? {} : { digest }),
    state,
    ...(words === '' ? {} : { message: words }),
    ...(setAside === undefined ? {} : { setAside }),
    ...(lastWords === undefined ? {} : { lastWords }),
    services: [...services],
  };
}

function tunnelOf(tunnel: ObservedTunnel, leftRunning: readonly string[] = []): StatusFile['tunnel'] {
  const { desired, untilMs } = tunnel;
  return {
    state: tunnel.state,
    ...(tunnel.state === 'closed' || untilMs === undefined ? {} : { until: timeWord(untilMs) }),
    ...(desired?.reason === undefined ? {} : { reason: desired.reason }),
    ...(desired === undefined ? {} : { targets: desired.targets.map(({ name }) => name) }),
    ...(leftRunning.length === 0 ? {} : { leftRunning: [...leftRunning] }),
  };
}
