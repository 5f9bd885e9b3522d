/** What a service of a plan waits for: names, ports and networks that become free, and the services that it depends on. */

import { networkKeys } from '../desired/service-networks.ts';
import { hostPorts, portsClash } from './container/ports.ts';
import type { Instance } from './instance.ts';
import { isUp, type ObservedContainer } from './observed.ts';
import type { Need, PlanSteps } from './plan-steps.ts';
import type { Draft } from './prepare-steps.ts';
import { boundByLink, type Dependency, dependencies, followed } from './service-order.ts';

export class LaneNeeds {
  readonly #draft: Draft;
  /** Containers of all projects that the plan stops: a port may come from any of them. */
  readonly #all: readonly ObservedContainer[];
  readonly #steps: PlanSteps;
  readonly #started = new Map<string, number[]>();
  readonly #created = new Map<string, number[]>();
  readonly #waits = new Map<string, number>();

  constructor(draft: Draft, all: readonly ObservedContainer[], steps: PlanSteps) {
    this.#draft = draft;
    this.#all = all;
    this.#steps = steps;
  }

  noteCreated(service: string, step: number): void {
    this.#created.set(service, [...(this.#created.get(service) ?? []), step]);
  }

  noteStarted(service: string, step: number): void {
    this.#started.set(service, [...(this.#started.get(service) ?? []), step]);
  }

  /** The step after which the instance's name is free, where a container of ours holds it. */
  nameFreed({ name, container }: Instance): Need {
    const holder = this.#all.find(other => other.name === name && other.id !== container?.id);
    return holder === undefined ? undefined : this.#steps.renames.get(holder.id);
  }

  networksMade(service: string): Need[] {
    return networkKeys(this.#definition(service)).map(key => this.#draft.networks.get(key));
  }

  /** A container that shares another one's namespace names its id: that one is made first. A link needs its name. */
  leadersMade(service: string): Need[] {
    const definition = this.#definition(service);
    return [
      ...followed(definition).flatMap(leader => this.#created.get(leader) ?? []),
      ...boundByLink(definition).flatMap(leader => this.#started.get(leader) ?? []),
    ];
  }

  portsFreed(service: string): Need[] {
    const wanted = hostPorts(this.#definition(service));
    return this.#all
      .filter(({ ports }) => ports.some(held => wanted.some(port => portsClash(held, port))))
      .map(({ id }) => this.#steps.stops.get(id));
  }

  /** Adds the steps that wait for what the service depends on. */
  dependenciesMet(service: string): Need[] {
    return dependencies(this.#draft.analysis.project.model, service).flatMap(dependency => [
      ...(dependency.condition === 'service_started' ? (this.#started.get(dependency.service) ?? []) : []),
      this.#waitFor(service, dependency),
    ]);
  }

  #definition(service: string) {
    return this.#draft.analysis.project.model.services[service] ?? {};
  }

  #waitFor(dependent: string, dependency: Dependency): Need {
    const { service, condition, required } = dependency;
    if (condition === 'service_started' || this.#holds(dependency)) return undefined;
    const key = `${service} ${condition} ${required}`;
    const known = this.#waits.get(key);
    if (known !== undefined) return known;
    const word = condition === 'service_healthy' ? 'healthy' : 'done';
    const reason = `${dependent} starts when ${service} is ${word}`;
    const { analysis, ready } = this.#draft;
    const { name: project } = analysis.project;
    const step = this.#steps.add({ kind: 'wait-service', project, service, condition, required, reason }, [
      ...ready,
      ...(this.#started.get(service) ?? []),
    ]);
    this.#waits.set(key, step);
    return step;
  }

  /** Whether the condition is met by what is there and stays. */
  #holds({ service, condition }: Dependency): boolean {
    return this.#draft.analysis.instances
      .filter(instance => instance.service === service)
      .every(({ action, container }) => {
        if (action !== 'keep' || container === undefined || this.#steps.stops.has(container.id)) return false;
        if (condition === 'service_healthy') return isUp(container) && container.health === 'healthy';
        return container.state === 'exited' && container.exitCode === 0;
      });
  }
}
