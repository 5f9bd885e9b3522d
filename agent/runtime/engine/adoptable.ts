/** Which containers of docker compose apps of this device may take over, and which of them they do. */
import { containerName, instanceCount } from '../../../core/desired/container-name.ts';
import type { DesiredProject, DesiredState } from '../../../core/desired/state.ts';
import { keptContainer } from '../../../core/plan/kept-container.ts';
import type { ComposeMark, ObservedContainer } from '../../../core/plan/observed.ts';
import { isHalfCreated } from '../../../core/plan/temporary-name.ts';
import type { ProjectStore } from '../../projects/project-store.ts';
import { composeMark, ownName } from './containers.ts';
import type { ContainerSummary } from './engine-answers.ts';

/** Compose project that may be taken over here → the states that its containers may stand for. */
export type Adoptable = ReadonlyMap<string, readonly DesiredProject[]>;

/** A container of docker compose, and what it is of its project. */
export interface ComposeContainer extends ComposeMark {
  readonly summary: ContainerSummary;
}

/** The desired state of each app that adopts, and its last good one: also of an app that the commit does not name any more. */
export async function adoptable(
  { engine, projects }: Pick<DesiredState, 'engine' | 'projects'>,
  store: Pick<ProjectStore, 'record'>,
): Promise<Adoptable> {
  const found = new Map<string, readonly DesiredProject[]>();
  for (const name of engine?.adopt ?? []) {
    const { lastGood } = await store.record(name);
    const wanted = projects.find(project => project.name === name);
    const states = [wanted, lastGood].filter(state => state !== undefined);
    if (states.some(({ adopt }) => adopt === true)) found.set(name, states);
  }
  return found;
}

function isNamed({ service, number }: ComposeMark, states: readonly DesiredProject[]): boolean {
  return states.some(({ model: { services } }) => {
    const definition = Object.hasOwn(services, service) ? services[service] : undefined;
    return definition !== undefined && number >= 1 && number <= instanceCount(definition);
  });
}

/**
 * Of two that are the same instance the one that is called so, then the one that runs, then the newer: the other is nobody's,
 * and stays. One that a `docker compose up` has left half-made, and one whose labels only say so, have other names.
 */
function isBefore(a: ComposeContainer, b: ComposeContainer, names: ReadonlySet<string>): boolean {
  const rank = ({ summary }: ComposeContainer) =>
    (names.has(ownName(summary)) ? 2 : 0) + (summary.State === 'running' ? 1 : 0);
  return rank(a) === rank(b) ? a.summary.Created > b.summary.Created : rank(a) > rank(b);
}

/** As docker compose 2 and 1 call it. */
function namesOf({ service, number }: ComposeMark, states: readonly DesiredProject[]): ReadonlySet<string> {
  const names = states.map(({ model }) => containerName(model, service, number));
  return new Set([...names, ...states.map(({ name }) => `${name}_${service}_${number}`)]);
}

/**
 * @param summaries containers that are not ours
 * @param own those that are: where one has come in its place, what docker compose has made is left alone
 */
export function chosenContainers(
  summaries: readonly ContainerSummary[],
  own: readonly ObservedContainer[],
  projects: Adoptable,
): ComposeContainer[] {
  const found = new Map<string, ComposeContainer>();
  // Beside one of ours: they go when that one is well, or come back.
  const kept: ComposeContainer[] = [];
  for (const summary of summaries) {
    const mark = composeMark(summary.Labels);
    if (mark === undefined || mark.oneOff || !isNamed(mark, projects.get(mark.project) ?? [])) continue;
    const { project, service, number } = mark;
    const isThere = own.some(
      one =>
        one.project === project && one.service === service && one.number === number && !isHalfCreated(one),
    );
    if (keptContainer({ id: summary.Id, name: ownName(summary) }) !== undefined) {
      kept.push({ ...mark, summary });
      continue;
    }
    if (isThere) continue;
    const key = `${project}/${service}/${number}`;
    const one = { ...mark, summary };
    const other = found.get(key);
    if (other === undefined || isBefore(one, other, namesOf(mark, projects.get(project) ?? [])))
      found.set(key, one);
  }
  return [...found.values(), ...kept];
}
