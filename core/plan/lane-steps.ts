/** The second part of a plan: each service in turn, after what it waits for. */

import { gaplessServices } from '../desired/gapless.ts';
import { connectSteps, disconnectSteps } from './attachment-steps.ts';
import { handOver, wayOf } from './handover-steps.ts';
import { type Instance, isFinished } from './instance.ts';
import { LaneNeeds } from './lane-needs.ts';
import { isUp, type ObservedContainer } from './observed.ts';
import type { Need, PlanSteps } from './plan-steps.ts';
import type { Draft } from './prepare-steps.ts';
import { stopDependents } from './stop-dependents.ts';
import { temporaryName } from './temporary-name.ts';
import { isKept, putAside } from './way-back.ts';

/** Steps around a container that takes another one's place. */
interface Place {
  readonly create: number;
  /** The stop of the old one, where that comes before all of this. */
  readonly early: Need;
  readonly waits: readonly Need[];
  readonly dependents: readonly Need[];
}

/** 0: it does not run, 1: it does, and is not well, 2: it serves. */
function usefulness({ container }: Instance): number {
  if (container === undefined || !isUp(container)) return 0;
  return container.health === 'unhealthy' || container.state !== 'running' ? 1 : 2;
}

export class LaneSteps {
  readonly #draft: Draft;
  readonly #steps: PlanSteps;
  readonly #needs: LaneNeeds;
  readonly #planned: { readonly draft: Draft; readonly steps: PlanSteps; readonly needs: LaneNeeds };
  /** Service whose containers are replaced one at a time → the step with which the one before is. */
  readonly #turns = new Map<string, number>();
  readonly #rolling: readonly string[];

  /** @param all containers of all projects */
  constructor(draft: Draft, all: readonly ObservedContainer[], steps: PlanSteps) {
    this.#draft = draft;
    this.#steps = steps;
    this.#needs = new LaneNeeds(draft, all, steps);
    this.#planned = { draft, steps, needs: this.#needs };
    const { model, update } = draft.analysis.project;
    this.#rolling = update.strategy === 'rolling' ? gaplessServices(model, update) : [];
  }

  /** @returns steps that start or change something: the health gate waits for them */
  addAll(): number[] {
    const before = this.#steps.steps.length;
    for (const instance of this.#inTurn()) {
      const isNew = instance.action === 'create' || instance.action === 'recreate';
      if (isNew) this.#replace(instance);
      else if (instance.container !== undefined) this.#mend(instance, instance.container);
    }
    return Array.from({ length: this.#steps.steps.length - before }, (_, index) => before + index);
  }

  /** Of containers that go one at a time those first that serve nobody now: who serves does so until they are replaced. */
  #inTurn(): readonly Instance[] {
    const { order, instances } = this.#draft.analysis;
    if (this.#rolling.length === 0) return instances;
    return order.flatMap(service => {
      const own = instances.filter(instance => instance.service === service);
      if (!this.#rolling.includes(service)) return own;
      return own.sort((a, b) => usefulness(a) - usefulness(b));
    });
  }

  #base({ service, number, reason }: Instance) {
    return { project: this.#draft.analysis.project.name, service, number, reason };
  }

  /** New beside old → stop → remove → rename → start. What went with a volume that is made anew has left nothing. */
  #replace(given: Instance): void {
    const isGone = given.container !== undefined && this.#steps.gone.has(given.container.id);
    const found = isGone ? { ...given, container: undefined } : given;
    const turn = this.#turns.get(given.service);
    const way = wayOf(this.#planned, found);
    if (way.kind === 'handover') {
      this.#turns.set(given.service, handOver(this.#planned, found, way.old, turn));
      return;
    }
    const reason = way.why === undefined ? found.reason : `${found.reason}; not handed over: ${way.why}`;
    const instance = { ...found, reason };
    const { container: old, service } = instance;
    const early = old === undefined ? undefined : this.#steps.stops.get(old.id);
    const create = this.#create(instance, early);
    this.#needs.noteCreated(service, create);
    const waits = [...this.#needs.dependenciesMet(service), turn];
    const dependents = stopDependents(this.#planned, service, [create, ...waits]);
    const place = { create, early, waits, dependents };
    const named = old === undefined ? create : this.#takePlace(instance, old, place);
    const started = this.#start(instance, undefined, [create, named, ...waits, ...dependents]);
    this.#nextTurn(instance, undefined, started);
  }

  #nextTurn(instance: Instance, container: string | undefined, started: number): void {
    if (!this.#rolling.includes(instance.service)) return;
    const reason = 'the next one goes when it is well';
    const own = container === undefined ? {} : { container };
    const ready = { kind: 'wait-ready', ...this.#base(instance), ...own, reason, settled: false } as const;
    this.#turns.set(instance.service, this.#steps.add(ready, [started, this.#turns.get(instance.service)]));
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
    const before = [
      create,
      stop,
      this.#steps.renames.get(old.id),
      ...dependents,
      ...(stop !== undefined && stop === early ? waits : []),
    ];
    const gone = { container: old.id, name: old.name, withVolumes: false, reason };
    const left = isKept(this.#draft, old)
      ? putAside(this.#draft, old, { steps: this.#steps, needs: before })
      : this.#steps.add({ kind: 'remove-container', project: base.project, service, ...gone }, before);
    const rename = { kind: 'rename-container', ...base, name } as const;
    return this.#steps.add(rename, [create, stop, left, this.#needs.nameFreed(instance)]);
  }

  /** What stays and is put right: attachments, name, pause, start. */
  #mend(instance: Instance, container: ObservedContainer): void {
    const { ready, detached } = this.#draft;
    const needs: Need[] = [
      ...ready,
      detached.get(container.id),
      ...connectSteps(this.#planned, instance, container),
    ];
    disconnectSteps(this.#planned, instance, container);
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
      const named = this.#steps.add(rename, [...ready, ...freed]);
      // Who depends on it looks for it by its name, also where it runs already.
      this.#needs.noteStarted(instance.service, named);
      needs.push(named);
    }
    if (instance.unpause && !this.#steps.stops.has(id)) {
      const reason = 'it was paused';
      this.#steps.add({ ...base, kind: 'unpause-container', container: id, name, reason }, ready);
    }
    this.#startAgain(instance, container, needs);
  }

  #startAgain(instance: Instance, container: ObservedContainer, needs: readonly Need[]): void {
    const stopped = this.#steps.stops.get(container.id);
    if (instance.action === 'keep' && stopped === undefined) return;
    const definition = this.#draft.analysis.project.model.services[instance.service];
    if (instance.action === 'keep' && isFinished(definition, container)) return;
    const waits = this.#needs.dependenciesMet(instance.service);
    const dependents = stopDependents(this.#planned, instance.service, needs);
    const stop =
      instance.action === 'restart'
        ? this.#steps.stop(container, instance.reason, [...needs, ...dependents])
        : stopped;
    const cause = this.#steps.keeping.has(container.id) ? 'the backup' : 'its network';
    const reason = instance.reason === '' ? `it was stopped for ${cause}` : instance.reason;
    const all = [...needs, ...waits, ...dependents, stop];
    this.#nextTurn(instance, container.id, this.#start({ ...instance, reason }, container.id, all));
  }

  #start(instance: Instance, container: string | undefined, needs: readonly Need[]): number {
    const step = this.#steps.add(
      { kind: 'start-container', ...this.#base(instance), ...(container === undefined ? {} : { container }) },
      [...needs, ...this.#needs.portsFreed(instance.service)],
    );
    this.#needs.noteStarted(instance.service, step);
    return step;
  }
}
