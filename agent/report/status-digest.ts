import { createHash } from 'node:crypto';
import type { StatusFile } from '../../schemas/types.generated.ts';

type Project = StatusFile['projects'][number];

/** A container that crashes all day runs and waits by turns: it is told of at its first restart, the 2nd, 4th, 8th … */
function calmed({ restarts = 0, exitCode, state, ...service }: Project['services'][number]) {
  const goesOn = state === 'running' || state === 'restarting';
  const code = goesOn ? undefined : exitCode;
  return {
    ...service,
    state: goesOn ? 'running' : state,
    exitCode: code,
    doublings: restarts === 0 ? 0 : restarts.toString(2).length,
  };
}

/** An engine names its containers and endpoints at random in what it says of a failure that comes again and again. */
function calmWords(message: string): string {
  return message
    .replace(/\b[0-9a-f]{12,64}\b/g, 'ID')
    .replace(/\b(next try at|tried again in) [^;]*/g, '$1 TIME')
    .replace(/\bwaits until \S*Z:/g, 'waits until TIME:');
}

/** What of the message counts is its code: how much is free on the disk changes with each pass. */
function calmedNext({ next }: Project): Pick<Project, 'next'> {
  if (next === undefined) return {};
  const { message = '', since: _since, ...rest } = next;
  return { next: { ...rest, since: '', message: message.replace(/^([A-Z]+_[A-Z_]+): .*$/s, '$1') } };
}

/** A device whose clock nobody keeps counts anew in each pass how long it waits. */
function calmedRollout({ rollout }: Pick<Project, 'rollout'>): Pick<Project, 'rollout'> {
  if (rollout === undefined) return {};
  const { until: _until, ...rest } = rollout;
  return { rollout: rest };
}

/** When it is tried again, and how much was free, changes with each try. */
function calmedBackup({ backupFailing }: Project): Pick<Project, 'backupFailing'> {
  return backupFailing === undefined ? {} : { backupFailing: { code: backupFailing.code } };
}

/** Of an update its phase and code count, and for what it waits; not how much of it has come. */
function calmedAgent({ version, engine, slot, wanted, update }: StatusFile['agent']) {
  const { version: to, phase, code, message } = update ?? {};
  const waits = phase === 'staged' ? message : undefined;
  return {
    ...{ version, engine, slot },
    ...(wanted === undefined ? {} : { wanted: { ...wanted, ...calmedRollout(wanted) } }),
    ...(update === undefined ? {} : { update: { to, phase, code, waits } }),
  };
}

/** Equal for two statuses that say the same; when, in which pass and since when stays out. */
export function statusDigest(status: StatusFile): string {
  const { time: _time, pass: _pass, lost: _lost, agent, ...rest } = status;
  const projects = status.projects.map(({ message, lastWords: _lastWords, since: _since, ...project }) => ({
    ...project,
    ...(message === undefined ? {} : { message: calmWords(message) }),
    ...calmedNext(project),
    ...calmedRollout(project),
    ...calmedBackup(project),
    services: project.services.map(calmed),
  }));
  // A message may count minutes; what it is about does not change with them.
  const conditions = status.conditions.map(({ since: _since, message: _message, ...condition }) => condition);
  const what = { ...rest, projects, agent: calmedAgent(agent), conditions };
  return createHash('sha256').update(JSON.stringify(what)).digest('hex');
}

/** Conditions keep the time since which they say what they say. */
export function withSince(
  conditions: StatusFile['conditions'],
  before: StatusFile['conditions'],
  now: string,
): StatusFile['conditions'] {
  return conditions.map(condition => {
    const old = before.find(({ type }) => type === condition.type);
    const same = old !== undefined && old.status === condition.status && old.reason === condition.reason;
    return { ...condition, since: notedOr(same ? old.since : undefined, now) };
  });
}

/** Projects keep the time since which they run what they run. */
export function sinceItRuns(
  projects: StatusFile['projects'],
  before: StatusFile['projects'],
  now: string,
): StatusFile['projects'] {
  return projects.map(({ since: _since, ...project }) => {
    if (project.digest === undefined) return project;
    const old = before.find(({ project: name }) => name === project.project);
    const noted = old?.digest === project.digest ? old.since : undefined;
    return { ...project, since: notedOr(noted, now) };
  });
}

/** In the future: a clock that was ahead has noted it. */
function notedOr(noted: string | undefined, now: string): string {
  return noted === undefined || noted > now ? now : noted;
}
