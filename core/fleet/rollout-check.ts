/** What a rollout's file says against itself, and against the other files of a fleet. */
import type { Apps } from '../../schemas/types.generated.ts';
import { agentName } from '../agents/agent-version.ts';
import type { ErrorCode, Problem } from '../errors.ts';
import { suggestion } from '../nearest.ts';
import { unlistedProblems } from './agent-versions.ts';
import type { Fleet } from './fleet.ts';
import { maxRolloutsOfAnApp } from './limits.ts';
import { movedBy, type Rollouts } from './rollout-files.ts';
import type { CheckedFile, FileKind } from './schema-check.ts';

type Rollout = CheckedFile<'rollout'>;

/** A file of its own, as a device has it too. @param app its folder's name */
export function rolloutProblems(file: Rollout, app: string): Problem[] {
  const { app: named, agent, from, to, stages, stage, since } = file.value;
  const problems: Problem[] = [];
  const tell = (pointer: string, message: string, code: ErrorCode = 'ROLLOUT_INVALID') =>
    problems.push({ code, message, position: file.locate(pointer) });
  if ((named === undefined) === (agent === undefined)) tell('', 'it says either `app` or `agent: true`');
  else if (movedBy(file.value) !== app)
    tell('/app', `the folder's name says ${app}, the file ${named ?? 'agent'}`, 'FLEET_NAME_MISMATCH');
  if (from.includes(to)) tell('/to', `${to} stands in from, too`);
  if (stage > stages.length) tell('/stage', `${stage} stages are open, and there are ${stages.length}`);
  if (stage > 0 && since === undefined)
    tell('/stage', 'a stage is open, and no since says when it was opened');
  const names = new Set<string>();
  let last = 0;
  for (const [index, { name, percent, prefetch }] of stages.entries()) {
    if (agent === true && prefetch === true)
      tell(`/stages/${index}/prefetch`, 'nothing of an agent comes before its stage opens');
    if (names.has(name)) tell(`/stages/${index}/name`, `there are two stages "${name}"`);
    names.add(name);
    if (percent !== undefined && percent <= last)
      tell(
        `/stages/${index}/percent`,
        `${percent} of a hundred after ${last}: those of earlier stages count`,
      );
    last = Math.max(last, percent ?? 0);
  }
  return problems;
}

/** Whom they supersede, of one app. */
export function supersedingProblems(rollouts: ReadonlyMap<string, Rollout>): Problem[] {
  const problems: Problem[] = [];
  for (const [name, file] of rollouts) {
    const { supersedes } = file.value;
    if (supersedes === undefined) continue;
    const tell = (message: string) =>
      problems.push({ code: 'ROLLOUT_INVALID', message, position: file.locate('/supersedes') });
    if (!rollouts.has(supersedes))
      tell(`there is no rollout "${supersedes}"${suggestion(supersedes, rollouts.keys())}`);
    else if (isCircle(rollouts, name)) tell(`${name} supersedes itself, by way of ${supersedes}`);
  }
  return problems;
}

function isCircle(rollouts: ReadonlyMap<string, Rollout>, name: string): boolean {
  const seen = new Set<string>();
  let next = rollouts.get(name)?.value.supersedes;
  while (next !== undefined && next !== name && !seen.has(next)) {
    seen.add(next);
    next = rollouts.get(next)?.value.supersedes;
  }
  return next === name;
}

function tooManyProblems(app: string, { size }: ReadonlyMap<string, Rollout>): Problem[] {
  if (size <= maxRolloutsOfAnApp) return [];
  const message = `app "${app}" has more than ${maxRolloutsOfAnApp} rollouts: remove those that have ended`;
  return [{ code: 'FLEET_TOO_LARGE', message, position: { file: `rollouts/${app}` } }];
}

/** What a device asks of the rollouts of its apps; whether releases are there shows where they are assigned. */
export const problemsOfRollouts = (rollouts: Rollouts): Problem[] =>
  [...rollouts].flatMap(([app, ofApp]) => [
    ...tooManyProblems(app, ofApp),
    ...[...ofApp.values()].flatMap(file => rolloutProblems(file, app)),
    ...supersedingProblems(ofApp),
  ]);

/** A pin stands where one device has a release of its own, and nowhere else. */
export function pinProblems(file: CheckedFile<'fleet' | 'group' | 'device'>, kind: FileKind): Problem[] {
  const apps: Apps = file.value.apps ?? {};
  const ofAgent: Problem[] =
    kind === 'device' || file.value.agent?.pinned === undefined
      ? []
      : [
          {
            code: 'FLEET_SCHEMA',
            message: 'pinned stands in a device’s own file',
            position: file.locate('/agent/pinned', 'key'),
          },
        ];
  const ofApps = Object.entries(apps).flatMap(([app, { pinned, release }]) => {
    if (pinned === undefined || (kind === 'device' && release !== undefined)) return [];
    const message = 'pinned stands in a device’s own file, beside its release';
    const position = file.locate(`/apps/${app}/pinned`, 'key');
    return [{ code: 'FLEET_SCHEMA' as const, message, position }];
  });
  return [...ofAgent, ...ofApps];
}

/** All of a fleet. @param releases keys `app/version` of those that are there @param agents versions that are listed */
export function fleetRolloutProblems(
  { apps, rollouts }: Pick<Fleet, 'apps' | 'rollouts'>,
  releases: { has(key: string): boolean },
  agents: ReadonlyMap<string, unknown>,
): Problem[] {
  const problems = problemsOfRollouts(rollouts);
  for (const [app, ofApp] of rollouts) {
    for (const file of ofApp.values()) {
      const { to } = file.value;
      if (app === agentName) problems.push(...unlistedProblems(to, agents, () => file.locate('/to')));
      else if (!apps.has(app)) {
        const message = `there is no app "${app}"${suggestion(app, apps.keys())}`;
        problems.push({ code: 'FLEET_APP_UNKNOWN', message, position: file.locate('/app') });
      } else if (!releases.has(`${app}/${to}`)) {
        const known = apps.get(app)?.releases.keys() ?? [];
        const message = `app "${app}" has no release "${to}"${suggestion(to, known)}`;
        problems.push({ code: 'FLEET_RELEASE_UNKNOWN', message, position: file.locate('/to') });
      }
    }
  }
  return problems;
}
