/** The containers of this device's services, as the engine has them now. */
import { label } from '../../../core/plan/container/labels.ts';
import type { Engine } from '../../runtime/engine/engine.ts';
import { containerSummaries } from '../../runtime/engine/engine-answers.ts';

export interface ServiceContainer {
  readonly id: string;
  readonly project: string;
  readonly service: string;
  /** Among the containers of its service, from 1. */
  readonly number: number;
  readonly isRunning: boolean;
  /** As the engine says it: `Up 3 hours (healthy)`. */
  readonly state: string;
  /** Seconds since the epoch. */
  readonly created: number;
}

/** Those of one device, in order. @throws TowlineError ENGINE_… */
export async function serviceContainers(
  engine: Engine,
  device: string,
  signal: AbortSignal,
): Promise<ServiceContainer[]> {
  const filters = JSON.stringify({ label: [`${label.device}=${device}`] });
  const query = { all: true, filters };
  const request = { method: 'GET', path: '/containers/json', query, answer: containerSummaries } as const;
  const found = await engine.call(request, signal);
  return found
    .filter(({ Labels }) => Labels?.[label.device] === device)
    .map(({ Id, Labels, State, Status, Created }) => ({
      id: Id,
      project: Labels?.[label.project] ?? '',
      service: Labels?.[label.service] ?? '',
      number: Number(Labels?.[label.number] ?? 0),
      isRunning: State === 'running',
      state: Status,
      created: Created,
    }))
    .sort((a, b) => compare(a.project, b.project) || compare(a.service, b.service) || a.number - b.number);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** The running one of that number; without a number the first of the running ones. */
export function runningContainer(
  containers: readonly ServiceContainer[],
  { project, service, number }: { project: string; service: string; number?: number | undefined },
): ServiceContainer | undefined {
  return containers.find(
    one =>
      one.project === project &&
      one.service === service &&
      one.isRunning &&
      (number === undefined || one.number === number),
  );
}

/** Whose log is meant: what runs before what has ended, the newest first. */
export function loggedContainer(
  containers: readonly ServiceContainer[],
  { project, service, number }: { project: string; service: string; number?: number | undefined },
): ServiceContainer | undefined {
  const all = containers.filter(
    one =>
      one.project === project && one.service === service && (number === undefined || one.number === number),
  );
  return (
    all.find(({ isRunning }) => isRunning) ??
    all.reduce<ServiceContainer | undefined>(
      (newest, one) => (newest === undefined || one.created > newest.created ? one : newest),
      undefined,
    )
  );
}
