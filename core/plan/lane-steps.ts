/** The second part of a plan: each service in turn, after what it waits for. */

import { networkKeys, networkName } from './container/networking.ts';
import { hostPorts, portsClash } from './container/ports.ts';
import { type Instance, isFinished, isUp } from './instance.ts';
import type { ObservedContainer } from './observed.ts';
import type { PlanSteps } from './plan-steps.ts';
import { type Prepared, stopOnce } from './prepare-steps.ts';
import type { ProjectAnalysis } from './project-analysis.ts';
import { boundByLink, type Dependency, dependencies, followed, sharedWith } from './service-order.ts';

export class LaneSteps {
  readonly #analysis: ProjectAnalysis;
  readonly #prepared: Prepared;
  readonly #steps: PlanSteps;
  /** Containers of all projects that the plan stops: a port may come from any of them. */
  readonly #all: readonly ObservedContainer[];
  readonly #started = new Map<string, number[]>();
  readonly #created = new Map<string, number[]>();
  readonly #waits = new Map<string, number>();

  constructor(
    analysis: ProjectAnalysis,
    prepared: Prepared,
    steps: PlanSteps,
    all: readonly ObservedContainer[],
  ) {
    this.#analysis = analysis;
    this.#prepared = prepared;
    this.#steps = steps;
    this.#all = all;
  }

  /** @returns steps that start or change something: the health gate waits for them */
  addAll(): number[] {
    const before = this.#steps.steps.length;
    for (const instance of this.#analysis.instances) this.#addInstance(instance);
    return Array.from({ length: this.#steps.steps.length - before }, (_, index) => before + index);
  }

  #base(instance: Instance) {
    const { service, number, reason } = instance;
    return { project: this.#analysis.project.name, service, number, reason };
  }

  #addInstance(instance: Instance): void {
    switch (instance.action) {
      case 'create':
      case 'recreate':
        this.#replace(instance);
        break;
      default:
        this.#mend(instance);
    }
  }

  /** New beside old → stop → remove → rename → start. */
  #replace(instance: Instance): void {
    const { container: old, service, name } = instance;
    const base = this.#base(instance);
    const early = old === undefined ? undefined : this.#prepared.stops.get(old.id);
    const detached = old === undefined ? undefined : this.#prepared.detached.get(old.id);
    const freed = this.#nameFreed(instance);
    const create = this.#steps.add(
      {
        kind: 'create-container',
        ...base,
        ...(old === undefined ? {} : { replaces: old.id }),
        name: old === undefined ? name : this.#temporaryName(old, instance),
      },
      [
        ...this.#prepared.ready,
        ...this.#networkSteps(instance),
        ...this.#leaderSteps(service),
        early ?? -1,
        detached ?? -1,
        old === undefined ? (freed ?? -1) : -1,
      ],
    );
    this.#note(this.#created, service, create);
    const waits = this.#dependencySteps(service);
    const dependents = this.#stopDependents(service, [create, ...waits]);
    let named = create;
    if (old !== undefined) {
      const before = [create, ...waits, ...dependents];
      const stop = stopOnce(this.#prepared, this.#steps, old, instance.reason, before) ?? -1;
      const removed = this.#steps.add(
        {
          kind: 'remove-container',
          project: base.project,
          service,
          container: old.id,
          name: old.name,
          withVolumes: false,
          reason: instance.reason,
        },
        [
          create,
          stop,
          this.#prepared.renames.get(old.id) ?? -1,
          ...dependents,
          ...(stop === early ? waits : []),
        ],
      );
      named = this.#steps.add({ kind: 'rename-container', ...base, name }, [create, removed, freed ?? -1]);
    }
    this.#start(instance, undefined, [create, named, ...waits, ...dependents]);
  }

  /**
   * Who starts again because this service does is stopped before, its own dependents first. That they are owed a start
   * is remembered when they stop: a pass that is cut off in between loses none of them.
   */
  #stopDependents(service: string, needs: readonly number[], above: readonly string[] = []): number[] {
    const { project, instances } = this.#analysis;
    const waiting = (name: string) =>
      sharedWith(project.model.services[name] ?? {}).includes(service) ||
      dependencies(project.model, name).some(other => other.restart && other.service === service);
    return instances
      .filter(({ action, service: name }) => action === 'restart' && !above.includes(name) && waiting(name))
      .flatMap(({ container, service: name, reason }) => {
        if (container === undefined) return [];
        const before = [...needs, ...this.#stopDependents(name, needs, [...above, service])];
        return stopOnce(this.#prepared, this.#steps, container, reason, before) ?? [];
      });
  }

  /** `<id12>_<name>`; where a pass has left a container under it, that one's id makes another. */
  #temporaryName(old: ObservedContainer, { name, surplus }: Instance): string {
    const taken = new Map(surplus.map(({ container }) => [container.name, container]));
    let base = old;
    let temporary = `${base.id.slice(0, 12)}_${name}`;
    for (let next = taken.get(temporary); next !== undefined; next = taken.get(temporary)) {
      taken.delete(temporary);
      base = next;
      temporary = `${base.id.slice(0, 12)}_${name}`;
    }
    return temporary;
  }

  /** What stays and is put right: attachments, name, pause, start. */
  #mend(instance: Instance): void {
    const { container, service } = instance;
    if (container === undefined) return;
    const base = this.#base(instance);
    const detached = this.#prepared.detached.get(container.id);
    const model = this.#analysis.project.model;
    const lost = this.#analysis.networks.filter(({ old }) =>
      container.networks.some(({ id }) => id === old?.id),
    );
    const again = networkKeys(model.services[service] ?? {}).filter(key =>
      lost.some(change => change.key === key),
    );
    const needs: number[] = [...this.#prepared.ready, detached ?? -1];
    for (const key of new Set([...again, ...instance.connect])) {
      const network = networkName(model, key);
      const reason = again.includes(key)
        ? `network ${network} is made anew`
        : `it was disconnected from network ${network}`;
      needs.push(
        this.#steps.add({ ...base, kind: 'connect-network', container: container.id, network: key, reason }, [
          ...this.#prepared.ready,
          detached ?? -1,
          this.#prepared.networks.get(key) ?? -1,
        ]),
      );
    }
    for (const network of instance.disconnect) {
      if (lost.some(({ old }) => old?.id === network.id)) continue;
      const reason = `it was connected to network ${network.name}, which is not in its definition`;
      this.#steps.add(
        {
          kind: 'disconnect-network',
          project: base.project,
          service,
          container: container.id,
          name: container.name,
          network: network.name,
          id: network.id,
          reason,
        },
        this.#prepared.ready,
      );
    }
    if (instance.rename) {
      const reason = `its name was ${container.name}`;
      needs.push(
        this.#steps.add(
          { ...base, kind: 'rename-container', container: container.id, name: instance.name, reason },
          [
            ...this.#prepared.ready,
            this.#nameFreed(instance) ?? -1,
            this.#prepared.renames.get(container.id) ?? -1,
          ],
        ),
      );
    }
    if (instance.unpause && !this.#prepared.stops.has(container.id)) {
      const { id, name } = container;
      const reason = 'it was paused';
      this.#steps.add(
        { ...base, kind: 'unpause-container', container: id, name, reason },
        this.#prepared.ready,
      );
    }
    this.#startAgain(instance, container, needs);
  }

  #startAgain(instance: Instance, container: ObservedContainer, needs: number[]): void {
    const stopped = this.#prepared.stops.get(container.id);
    if (instance.action === 'keep' && stopped === undefined) return;
    const definition = this.#analysis.project.model.services[instance.service];
    if (instance.action === 'keep' && isFinished(definition, container)) return;
    const waits = this.#dependencySteps(instance.service);
    const dependents = this.#stopDependents(instance.service, needs);
    const stop =
      instance.action === 'restart'
        ? stopOnce(this.#prepared, this.#steps, container, instance.reason, [...needs, ...dependents])
        : stopped;
    const reason = instance.reason === '' ? 'it was stopped for its network' : instance.reason;
    this.#start({ ...instance, reason }, container.id, [...needs, ...waits, ...dependents, stop ?? -1]);
  }

  #start(instance: Instance, container: string | undefined, needs: number[]): void {
    const step = this.#steps.add(
      { kind: 'start-container', ...this.#base(instance), ...(container === undefined ? {} : { container }) },
      [...needs, ...this.#portSteps(instance)],
    );
    this.#note(this.#started, instance.service, step);
  }

  #note(map: Map<string, number[]>, service: string, step: number): void {
    map.set(service, [...(map.get(service) ?? []), step]);
  }

  /** The step after which the instance's name is free, where a container of ours holds it. */
  #nameFreed(instance: Instance): number | undefined {
    const holder = this.#all.find(({ name, id }) => name === instance.name && id !== instance.container?.id);
    return holder === undefined ? undefined : this.#prepared.renames.get(holder.id);
  }

  #networkSteps(instance: Instance): number[] {
    const service = this.#analysis.project.model.services[instance.service] ?? {};
    return networkKeys(service).map(key => this.#prepared.networks.get(key) ?? -1);
  }

  /** A container that shares another one's namespace names its id: that one is made first. A link needs its name. */
  #leaderSteps(service: string): number[] {
    const definition = this.#analysis.project.model.services[service] ?? {};
    return [
      ...followed(definition).flatMap(leader => this.#created.get(leader) ?? []),
      ...boundByLink(definition).flatMap(leader => this.#started.get(leader) ?? []),
    ];
  }

  #portSteps(instance: Instance): number[] {
    const wanted = hostPorts(this.#analysis.project.model.services[instance.service] ?? {});
    return this.#all
      .filter(({ ports }) => ports.some(held => wanted.some(port => portsClash(held, port))))
      .map(({ id }) => this.#prepared.stops.get(id) ?? -1);
  }

  #dependencySteps(service: string): number[] {
    return dependencies(this.#analysis.project.model, service).flatMap(dependency => [
      ...(dependency.condition === 'service_started' ? (this.#started.get(dependency.service) ?? []) : []),
      this.#waitFor(service, dependency) ?? -1,
    ]);
  }

  #waitFor(dependent: string, dependency: Dependency): number | undefined {
    const { service, condition, required } = dependency;
    if (condition === 'service_started' || this.#holds(dependency)) return undefined;
    const key = `${service} ${condition} ${required}`;
    const known = this.#waits.get(key);
    if (known !== undefined) return known;
    const word = condition === 'service_healthy' ? 'healthy' : 'done';
    const reason = `${dependent} starts when ${service} is ${word}`;
    const { name: project } = this.#analysis.project;
    const step = this.#steps.add({ kind: 'wait-service', project, service, condition, required, reason }, [
      ...this.#prepared.ready,
      ...(this.#started.get(service) ?? []),
    ]);
    this.#waits.set(key, step);
    return step;
  }

  /** Whether the condition is met by what is there and stays. */
  #holds({ service, condition }: Dependency): boolean {
    return this.#analysis.instances
      .filter(instance => instance.service === service)
      .every(({ action, container }) => {
        if (action !== 'keep' || container === undefined || this.#prepared.stops.has(container.id))
          return false;
        if (condition === 'service_healthy') return isUp(container) && container.health === 'healthy';
        return container.state === 'exited' && container.exitCode === 0;
      });
  }
}
