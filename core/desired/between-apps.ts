/**
 * What one app of a device names of another one. Rights are given by folder: who may change one app must not reach into
 * another one through the engine, which knows names and not apps. Judged by the files alone: on each machine alike.
 */
import type { Problem } from '../errors.ts';
import { namePattern } from '../fleet/paths.ts';
import {
  hasName,
  type NamedContainers,
  type NamedResource,
  type NamingProject,
  portsMeet,
} from './engine-names.ts';
import { sharedNetworkProblems } from './shared-networks.ts';

type Path = readonly (string | number)[];

export interface AppNames {
  /** Whether the repository has an app of this name, on whichever device. */
  has(app: string): Promise<boolean>;
  readonly projectPrefix: string;
}

function problem({ positionOf }: NamingProject, at: Path, what: string, whose: string): Problem {
  const message = `${what} is ${whose}`;
  return { code: 'COMPOSE_OF_ANOTHER_APP', message, position: positionOf(at) };
}

const ofApp = (app: string) => `that of app "${app}"`;

/** As Compose names what is a project's: the app behind the agent's prefix, and what follows `separator`. */
function* ownersByForm(name: string, separator: '_' | '-', projectPrefix: string): Iterable<string> {
  const behind = name.startsWith(projectPrefix) ? name.slice(projectPrefix.length) : name;
  for (const text of new Set([name, behind])) {
    for (let at = text.indexOf(separator); at > 0 && at <= 63; at = text.indexOf(separator, at + 1)) {
      const app = text.slice(0, at);
      const rest = text.slice(at + 1);
      // A name of an app has no `_`: the first one ends it. A container's ends with its service and number.
      if (namePattern.test(app) && (separator === '_' || /^.+-\d+$/.test(rest))) yield app;
      if (separator === '_') break;
    }
  }
}

async function ownerByForm(
  name: string,
  separator: '_' | '-',
  { app: own, project }: NamingProject,
  names: AppNames,
): Promise<string | undefined> {
  if (separator === '_' && name.startsWith(`${project.name}_`)) return undefined;
  for (const app of ownersByForm(name, separator, names.projectPrefix))
    if (app !== own && (await names.has(app))) return app;
  return undefined;
}

const fullId = /^[0-9a-f]{64}$/;
const beginsAnId = /^[0-9a-f]+$/;

const plainName = /^[A-Za-z0-9][A-Za-z0-9_.-]*$/;

/** Why the engine would not take a name for this very thing. Any text becomes a part of its requests' paths. */
function nameComplaint(name: string, ids: RegExp): string | undefined {
  if (!plainName.test(name)) return 'is no plain name';
  // The engine takes the beginning of an id for a name.
  return ids.test(name) ? "may be the beginning of an id of the engine, and so anybody's" : undefined;
}

function engineName({ positionOf }: NamingProject, at: Path, name: string, why: string): Problem {
  return { code: 'COMPOSE_ENGINE_NAME', message: `${JSON.stringify(name)} ${why}`, position: positionOf(at) };
}

/** The network or volume is another app's on this device, and its owner does not share it. */
function takenFrom(mine: NamedResource, others: readonly NamingProject[]): string | undefined {
  for (const other of others) {
    const same = other.resources.filter(
      ({ kind, name, isMade }) => kind === mine.kind && name === mine.name && isMade,
    );
    // Two that would make it: the one whose project gives the name is not the one that takes it.
    const isTaken = mine.isMade ? same.length > 0 : same.some(({ isShared }) => !isShared);
    if (isTaken) return other.app;
  }
  return undefined;
}

async function resourceProblems(
  mine: NamingProject,
  others: readonly NamingProject[],
  names: AppNames,
): Promise<Problem[]> {
  const problems: Problem[] = [];
  for (const resource of mine.resources) {
    const { kind, name, at } = resource;
    const complaint = nameComplaint(name, kind === 'network' && !resource.isMade ? beginsAnId : fullId);
    if (complaint !== undefined) {
      problems.push(engineName(mine, at, name, complaint));
      continue;
    }
    if (name.startsWith(`${mine.project.name}_`)) continue;
    const isLent = !resource.isMade && others.some(other => lends(other, resource));
    const owner = isLent
      ? undefined
      : (takenFrom(resource, others) ?? (await ownerByForm(name, '_', mine, names)));
    if (owner !== undefined) problems.push(problem(mine, at, `${kind} ${name}`, ofApp(owner)));
  }
  return problems;
}

/** The owner says that others may attach. */
const lends = (other: NamingProject, { kind, name }: NamedResource): boolean =>
  other.resources.some(their => their.kind === kind && their.name === name && their.isMade && their.isShared);

function holderOf(name: string, others: readonly NamingProject[]): string | undefined {
  return others.find(({ containers }) => containers.some(each => hasName(each, name)))?.app;
}

/** Another app that has a service of the same stem: `web` with `api-db`, `web-api` with `db`. */
function stemHolder({ stem, count }: NamedContainers, others: readonly NamingProject[]): string | undefined {
  const isRival = (their: NamedContainers) =>
    their.chosen === undefined && their.stem === stem && their.count > 0;
  return count > 0 ? others.find(({ containers }) => containers.some(isRival))?.app : undefined;
}

async function containerProblems(
  mine: NamingProject,
  others: readonly NamingProject[],
  names: AppNames,
): Promise<Problem[]> {
  const problems: Problem[] = [];
  for (const containers of mine.containers) {
    const { chosen, stem, at } = containers;
    const complaint = chosen === undefined ? undefined : nameComplaint(chosen, fullId);
    if (complaint !== undefined) problems.push(engineName(mine, at, chosen ?? '', complaint));
    const owner =
      chosen === undefined
        ? stemHolder(containers, others)
        : (holderOf(chosen, others) ?? (await ownerByForm(chosen, '-', mine, names)));
    if (owner === undefined) continue;
    problems.push(problem(mine, at, `the container's name ${chosen ?? `${stem}1`}`, ofApp(owner)));
  }
  for (const { name, at } of mine.references) {
    const complaint = nameComplaint(name, beginsAnId);
    if (complaint !== undefined) problems.push(engineName(mine, at, name, complaint));
    else if (!mine.containers.some(own => hasName(own, name))) {
      const owner = holderOf(name, others) ?? (await ownerByForm(name, '-', mine, names));
      if (owner !== undefined) problems.push(problem(mine, at, `container ${name}`, ofApp(owner)));
    }
  }
  return problems;
}

function portProblems(mine: NamingProject, others: readonly NamingProject[]): Problem[] {
  return mine.ports.flatMap(port => {
    const holder = others.find(({ ports }) => ports.some(held => portsMeet(held, port)));
    if (holder === undefined) return [];
    const range = port.from === port.to ? `${port.from}` : `${port.from}-${port.to}`;
    const what = `port ${range}/${port.protocol} of the device`;
    return [problem(mine, port.at, what, ofApp(holder.app))];
  });
}

/** Towline names the project after its app; a file that says another app's name does not mean what happens. */
async function nameProblems(mine: NamingProject, names: AppNames): Promise<Problem[]> {
  const { statedName, app, project } = mine;
  if (statedName === undefined || [app, project.name].includes(statedName)) return [];
  if (!namePattern.test(statedName) || !(await names.has(statedName))) return [];
  return [problem(mine, ['name'], `the project's name ${statedName}`, ofApp(statedName))];
}

/** Every name of a device's project that is another app's. */
export async function betweenApps(projects: readonly NamingProject[], names: AppNames): Promise<Problem[]> {
  const problems: Problem[] = [...sharedNetworkProblems(projects)];
  for (const mine of projects) {
    const others = projects.filter(other => other !== mine);
    problems.push(...(await nameProblems(mine, names)));
    problems.push(...(await resourceProblems(mine, others, names)));
    problems.push(...(await containerProblems(mine, others, names)));
    problems.push(...portProblems(mine, others));
  }
  return problems;
}
