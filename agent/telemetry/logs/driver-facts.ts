/** What Docker's own drivers would have said of each container: known as soon as a pass has seen it, and put to its segments. */
import { imageLabel } from '../../../core/desired/images.ts';
import type { DesiredProject } from '../../../core/desired/state.ts';
import type { ObservedContainer } from '../../../core/plan/observed.ts';
import { secretEnvironment } from '../../../core/plan/secret-environment.ts';
import { driverFields } from '../../../core/telemetry/lines/driver-fields.ts';
import type { Fields } from '../../../core/telemetry/record/record.ts';
import type { Scene } from '../collector.ts';

/** Begun, and not seen by a pass yet. */
const mostUnseen = 1000;

export interface Seen {
  readonly containers: Scene['containers'];
  readonly desired: Pick<Scene['desired'], 'projects'>;
}

export class DriverFacts {
  readonly #byId = new Map<string, Record<string, Fields[string]>>();
  /** Since the newest pass. */
  #seen: ReadonlySet<string> = new Set();

  /** Empty until `look` has seen the container; filled then, in its place. */
  of(id: string): Fields {
    const known = this.#byId.get(id) ?? {};
    this.#byId.set(id, known);
    return known;
  }

  /** @param there ids of its containers: of others, what is gone is forgotten; what has begun since is not gone */
  look({ containers, desired: { projects } }: Seen, there: ReadonlySet<string>): void {
    for (const id of this.#seen) if (!there.has(id)) this.#byId.delete(id);
    this.#seen = there;
    // Many that came and went between two passes.
    if (this.#byId.size > there.size + mostUnseen) this.#byId.clear();
    for (const container of containers) {
      this.#look(
        container,
        projects.find(({ name }) => name === container.project),
      );
    }
  }

  /** @param project as it is desired: labels and variables are those of its Compose files */
  #look(container: ObservedContainer, project: DesiredProject | undefined): void {
    const service = project?.model.services[container.service];
    if (project === undefined || service?.logging === undefined) return;
    const { labels = {}, environment = {}, entrypoint, command } = service;
    const facts = {
      id: container.id,
      name: container.name.replace(/^\//, ''),
      imageId: container.imageId,
      imageName: labels[imageLabel] ?? container.image,
      labels,
      environment: Object.entries(environment).flatMap(([name, value]) =>
        typeof value === 'string' ? [`${name}=${value}`] : [],
      ),
      command: [...(entrypoint ?? []), ...(command ?? [])],
      created: new Date(container.createdMs).toISOString(),
    };
    const fields = driverFields(service, facts, secretEnvironment(project, container.service));
    Object.assign(this.of(container.id), fields);
  }
}
