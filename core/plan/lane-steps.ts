/** The second part of a plan: each service in turn, after what it waits for. */

import { networkKeys, networkName } from '../desired/service-networks.ts';
import { type Instance, isFinished } from './instance.ts';
import { LaneNeeds } from './lane-needs.ts';
import type { ObservedContainer } from './observed.ts';
import type { Need, PlanSteps } from './plan-steps.ts';
import type { Draft } from './prepare-steps.ts';
import { dependencies, sharedWith } from './service-order.ts';
import { temporaryName } from './temporary-name.ts';

/** Steps around a container that takes another one's place. */
interface Place {
  readonly create: number;
  /** The stop of the old one, where that comes before all of this. */
  readonly early: Need;
  readonly waits: readonly Need[];
  readonly dependents: readonly Need[];
}

export class LaneSteps {
  readonly #draft: Draft;
  readonly #steps: PlanSteps;
  readonly #needs: LaneNeeds;

  /** @param all containers of all projects */
  constructor(draft: Draft, all: readonly ObservedContainer[], steps: PlanSteps) {
    this.#draft = draft;
    this.#steps = steps;
    this.#needs = new LaneNeeds(draft, all, steps);
  }

  /** @returns steps that start or change something: the health gate waits for them */
  addAll(): number[] {
    const before = this.#steps.steps.length;
    for (const instance of this.#draft.analysis.instances) {
      const isNew = instance.action === 'create' || instance.action === 'recreate';
      if (isNew) this.#replace(instance);
      else if (instance.container !== undefined) this.#mend(instance, instance.container);
    }
    return Array.from({ length: this.#steps.steps.length - before }, (_, index) => before + index);
  }

  #base({ service, number, reason }: Instance) {
    return { project: this.#draft.analysis.project.name, service, number, reason };
  }

  /** New beside old → stop → remove → rename → start. What went with a volume that is made anew has left nothing. */
  #replace(given: Instance): void {
    const isGone = given.container !== undefined && this.#steps.gone.has(given.container.id);
    const instance = isGone ? { ...given, container: undefined } : given;
    const { container: old, service } = instance;
    const early = old === undefined ? undefined : this.#steps.stops.get(old.id);
    const create = this.#create(instance, early);
    this.#needs.noteCreated(service, create);
    const waits = this.#needs.dependenciesMet(service);
    const dependents = this.#stopDependents(service, [create, ...waits]);
    const place = { create, early, waits, dependents };
    const named = old === undefined ? create : this.#takePlace(instance, old, place);
    this.#start(instance, undefined, [create, named, ...waits, ...dependents]);
  }

  #create(instance: Instance, early: Need): number {
    const { container: old, service, name } = instance;
    return this.#steps.add(
      {
        kind: 'create-container',
        ...this.#base(instance),
        ...(old === undefined ? {} : { replaces: old.id }),
        name: old === undefined ? name : temporaryName(old, name, instance.surplus),
      },
      [
        ...this.#draft.ready,
        ...this.#needs.networksMade(service),
        ...this.#needs.leadersMade(service),
        ...this.#draft.volumes.values(),
        early,
        old === undefined ? this.#needs.nameFreed(instance) : this.#draft.detached.get(old.id),
      ],
    );
  }

  /** The old one goes and the new one has its name. One that was stopped early did not wait for what the new one waits for. */
  #takePlace(
    instance: Instance,
    old: ObservedContainer,
    { create, early, waits, dependents }: Place,
  ): number {
    const { service, reason, name } = instance;
    const base = this.#base(instance);
    const stop = this.#steps.stop(old, reason, [create, ...waits, ...dependents]);
    const gone = { container: old.id, name: old.name, withVolumes: false };
    const removed = this.#steps.add(
      { kind: 'remove-container', project: base.project, service, ...gone, reason },
      [
        create,
        stop,
        this.#steps.renames.get(old.id),
        ...dependents,
        ...(stop !== undefined && stop === early ? waits : []),
      ],
    );
    const rename = { kind: 'rename-container', ...base, name } as const;
    return this.#steps.add(rename, [create, removed, this.#needs.nameFreed(instance)]);
  }

  /**
   * Who starts again because this service does is stopped before, its own dependents first. That they are owed a start
   * is remembered when they stop: a pass that is cut off in between loses none of them.
   */
  #stopDependents(service: string, needs: readonly Need[], above: readonly string[] = []): Need[] {
    const { project, instances } = this.#draft.analysis;
    const waiting = (name: string) =>
      sharedWith(project.model.services[name] ?? {}).includes(service) ||
      dependencies(project.model, name).some(other => other.restart && other.service === service);
    return instances
      .filter(({ action, service: name }) => action === 'restart' && !above.includes(name) && waiting(name))
      .flatMap(({ container, service: name, reason }) => {
        if (container === undefined) return [];
        const before = [...needs, ...this.#stopDependents(name, needs, [...above, service])];
        return [this.#steps.stop(container, reason, before)];
      });
  }

  /** What stays and is put right: attachments, name, pause, start. */
  #mend(instance: Instance, container: ObservedContainer): void {
    const { ready, detached } = this.#draft;
    const needs: Need[] = [...ready, detached.get(container.id), ...this.#connect(instance, container)];
    this.#disconnect(instance, container);
    const base = this.#base(instance);
    const { id, name } = container;
    if (instance.rename) {
      const reason = `its name was ${name}`;
      const rename = {
        ...base,
        kind: 'rename-container',
        container: id,
        name: instance.name,
        reason,
      } as const;
      const freed = [this.#needs.nameFreed(instance), this.#steps.renames.get(id)];
      needs.push(this.#steps.add(rename, [...ready, ...freed]));
    }
    if (instance.unpause && !this.#steps.stops.has(id)) {
      const reason = 'it was paused';
      this.#steps.add({ ...base, kind: 'unpause-container', container: id, name, reason }, ready);
    }
    this.#startAgain(instance, container, needs);
  }

  /** Networks that are made anew under the container. */
  #lost(container: ObservedContainer) {
    const { networks } = this.#draft.analysis;
    return networks.filter(({ old }) => container.networks.some(({ id }) => id === old?.id));
  }

  #connect(instance: Instance, container: ObservedContainer): number[] {
    const { analysis, ready, detached, networks } = this.#draft;
    const { model } = analysis.project;
    const lost = new Set(this.#lost(container).map(({ key }) => key));
    const again = networkKeys(model.services[instance.service] ?? {}).filter(key => lost.has(key));
    return [...new Set([...again, ...instance.connect])].map(key => {
      const network = networkName(model, key);
      const reason = again.includes(key)
        ? `network ${network} is made anew`
        : `it was disconnected from network ${network}`;
      return this.#steps.add(
        { ...this.#base(instance), kind: 'connect-network', container: container.id, network: key, reason },
        [...ready, detached.get(container.id), networks.get(key)],
      );
    });
  }

  #disconnect(instance: Instance, container: ObservedContainer): void {
    const lost = this.#lost(container);
    const { project, service } = this.#base(instance);
    for (const { name: network, id } of instance.disconnect) {
      if (lost.some(({ old }) => old?.id === id)) continue;
      const reason = `it was connected to network ${network}, which is not in its definition`;
      this.#steps.add(
        {
          kind: 'disconnect-network',
          project,
          service,
          container: container.id,
          name: container.name,
          network,
          id,
          reason,
        },
        this.#draft.ready,
      );
    }
  }

  #startAgain(instance: Instance, container: ObservedContainer, needs: readonly Need[]): void {
    const stopped = this.#steps.stops.get(container.id);
    if (instance.action === 'keep' && stopped === undefined) return;
    const definition = this.#draft.analysis.project.model.services[instance.service];
    if (instance.action === 'keep' && isFinished(definition, container)) return;
    const waits = this.#needs.dependenciesMet(instance.service);
    const dependents = this.#stopDependents(instance.service, needs);
    const stop =
      instance.action === 'restart'
        ? this.#steps.stop(container, instance.reason, [...needs, ...dependents])
        : stopped;
    const reason = instance.reason === '' ? 'it was stopped for its network' : instance.reason;
    this.#start({ ...instance, reason }, container.id, [...needs, ...waits, ...dependents, stop]);
  }

  #start(instance: Instance, container: string | undefined, needs: readonly Need[]): void {
    const step = this.#steps.add(
      { kind: 'start-container', ...this.#base(instance), ...(container === undefined ? {} : { container }) },
      [...needs, ...this.#needs.portsFreed(instance.service)],
    );
    this.#needs.noteStarted(instance.service, step);
  }
}
