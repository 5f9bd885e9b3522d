/** Names, host ports and networks: what two apps of one device cannot both have. Settles who must wait in this pass. */
import { hostPorts, portsClash } from './container/ports.ts';
import { disturbing, type Instance } from './instance.ts';
import { isUp, type ObservedContainer, type ObservedState } from './observed.ts';
import type { ProjectAnalysis } from './project-analysis.ts';
import type { Skipped } from './target.ts';

/** A project that this pass may touch. */
export interface Contender {
  readonly analysis: ProjectAnalysis;
  /** Why it is brought to its last good state and not to the desired one. */
  readonly waits: Skipped | undefined;
}

export interface Field {
  readonly observed: ObservedState;
  /** Projects that are removed in this pass: what they hold is given free. */
  readonly removed: ReadonlySet<string>;
  readonly contenders: ReadonlyMap<string, Contender>;
  /** Why a project is not touched at all. */
  readonly untouched: ReadonlyMap<string, string>;
}

/** Something that an instance needs before it can be named or started. */
interface Claim {
  readonly what: string;
  readonly code: 'ENGINE_NAME_TAKEN' | 'ENGINE_PORT_TAKEN';
  readonly heldBy: (container: ObservedContainer) => boolean;
  readonly wantedBy: (analysis: ProjectAnalysis, instance: Instance) => boolean;
  /** What a container that stays as it is does not give free, though its definition does not name it. */
  readonly sticks: boolean;
}

const needs = ({ action, rename }: Instance): boolean => disturbing.has(action) || rename;

const portsOf = ({ project }: ProjectAnalysis, { service }: Instance) =>
  hostPorts(project.model.services[service] ?? {});

const isBusy = (instance: Instance): boolean =>
  disturbing.has(instance.action) || (instance.container !== undefined && isUp(instance.container));

function claimsOf(analysis: ProjectAnalysis, instance: Instance): Claim[] {
  const name: Claim = {
    what: `the name ${instance.name}`,
    code: 'ENGINE_NAME_TAKEN',
    heldBy: container => container.name === instance.name,
    wantedBy: (_, other) => other.name === instance.name,
    sticks: false,
  };
  if (!disturbing.has(instance.action)) return [name];
  const ports = portsOf(analysis, instance).map(
    (port): Claim => ({
      what: `port ${port.port}/${port.protocol}`,
      code: 'ENGINE_PORT_TAKEN',
      heldBy: container => container.ports.some(held => portsClash(held, port)),
      wantedBy: (rival, other) =>
        isBusy(other) && portsOf(rival, other).some(wanted => portsClash(wanted, port)),
      sticks: true,
    }),
  );
  return [name, ...ports];
}

/** Whether an instance of the project needs the name of the container, or a port that it holds. */
export function claims(analysis: ProjectAnalysis, container: ObservedContainer): boolean {
  return analysis.instances
    .filter(needs)
    .some(instance => claimsOf(analysis, instance).some(({ heldBy }) => heldBy(container)));
}

/** Before another one: what runs already goes before what should come in its place, then it goes by name. */
function isBefore(a: Contender, b: Contender): boolean {
  if ((a.waits === undefined) !== (b.waits === undefined)) return a.waits !== undefined;
  return a.analysis.project.name < b.analysis.project.name;
}

function lostTo(claim: Claim, contender: Contender, rival: Contender, field: Field): boolean {
  const { analysis } = rival;
  const holders = field.observed.containers.filter(claim.heldBy);
  const holds = (project: string) => holders.some(container => container.project === project);
  if (analysis.instances.some(instance => claim.wantedBy(analysis, instance))) {
    if (holds(analysis.project.name)) return true;
    return !holds(contender.analysis.project.name) && isBefore(rival, contender);
  }
  if (!claim.sticks) return false;
  return analysis.instances.some(
    ({ action, container }) =>
      action !== 'recreate' && container !== undefined && holders.includes(container),
  );
}

function lost(claim: Claim, contender: Contender, service: string, field: Field): Skipped | undefined {
  const { project } = contender.analysis;
  const { what, code } = claim;
  const later = (reason: string): Skipped => ({
    project: project.name,
    why: 'other-project',
    code: 'ENGINE_OTHER_PROJECT',
    reason,
  });
  for (const container of field.observed.containers) {
    const owner = container.project;
    if (owner === project.name || field.removed.has(owner) || field.contenders.has(owner)) continue;
    if (!claim.heldBy(container)) continue;
    const why = field.untouched.get(owner) ?? 'it is left alone';
    return later(`${what} for ${service} is held by ${container.name} of ${owner}: ${why}`);
  }
  for (const [name, rival] of field.contenders) {
    if (name === project.name || !lostTo(claim, contender, rival, field)) continue;
    if (rival.waits !== undefined) {
      return later(`${what} for ${service} is held by ${name}: ${rival.waits.reason}`);
    }
    return {
      project: project.name,
      why: 'conflict',
      code,
      reason: `${what} for ${service} is taken by app ${name}`,
    };
  }
  return undefined;
}

/** A network that this project is to make while another one has, or makes, one of the same name. */
function networkTaken(contender: Contender, { contenders }: Field): Skipped | undefined {
  const { name: project } = contender.analysis.project;
  for (const { name, old } of contender.analysis.networks) {
    if (old !== undefined) continue;
    for (const [other, rival] of contenders) {
      if (other === project) continue;
      const { networks } = rival.analysis;
      const making = networks.find(network => network.name === name);
      if (making === undefined || (making.old === undefined && !isBefore(rival, contender))) continue;
      const reason = `the name ${name} of a network is taken by app ${other}`;
      return { project, why: 'conflict', code: 'ENGINE_NAME_TAKEN', reason };
    }
  }
  return undefined;
}

/** A network of this project that must be made anew while a container of another one is attached to it. */
function networkInUse({ analysis }: Contender, { observed, removed }: Field): Skipped | undefined {
  const { name: project } = analysis.project;
  for (const { name, old } of analysis.networks) {
    const user = observed.containers.find(
      container =>
        container.project !== project &&
        !removed.has(container.project) &&
        isUp(container) &&
        container.networks.some(({ id }) => id === old?.id),
    );
    if (user === undefined) continue;
    const reason = `network ${name} must be made anew and ${user.name} of ${user.project} is attached to it`;
    return { project, why: 'conflict', code: 'ENGINE_NETWORK_IN_USE', reason };
  }
  return undefined;
}

/** Why the contender cannot be brought to its state beside the others, or undefined. */
export function defeatOf(contender: Contender, field: Field): Skipped | undefined {
  const { analysis } = contender;
  for (const instance of analysis.instances.filter(needs)) {
    for (const claim of claimsOf(analysis, instance)) {
      const defeat = lost(claim, contender, instance.service, field);
      if (defeat !== undefined) return defeat;
    }
  }
  return networkTaken(contender, field) ?? networkInUse(contender, field);
}
