/** Before data changes, or by the clock: who writes to it stops or stands still, and it is kept. */
import type { BackupCause } from '../backup/manifest.ts';
import type { ComposeModel } from '../compose/value/model.ts';
import type { DesiredProject } from '../desired/state.ts';
import { someOf } from '../some-of.ts';
import { type BackupContext, backupCause, type KeptData, keptData } from './backup-cause.ts';
import type { ProjectMemory } from './memory.ts';
import { isUp, type ObservedContainer, type ObservedState } from './observed.ts';
import type { Need } from './plan-steps.ts';
import type { ProjectAnalysis } from './project-analysis.ts';
import { serviceDefinition } from './service-definition.ts';
import { dependencies, serviceOrder, sharedWith } from './service-order.ts';

interface Making extends KeptData {
  readonly project: string;
  readonly cause: BackupCause;
  /** The state that comes. */
  readonly next: DesiredProject;
  /** Containers of the project. */
  readonly own: readonly ObservedContainer[];
}

/** Others write to it while it is read, and nobody stops them. */
function strangers({ volumes, project }: Making, { containers, foreign }: ObservedState): string[] {
  const names = new Set(volumes.map(({ name }) => name));
  const holds = (mounted: readonly string[] = []) => mounted.some(name => names.has(name));
  return [
    ...containers.filter(one => one.project !== project && isUp(one) && holds(one.mounts?.volumes)),
    ...foreign.filter(one => holds(one.volumes)),
  ].map(({ name }) => name);
}

function reasonOf(making: Making, observed: ObservedState): string {
  const names = making.volumes.map(({ name }) => name).join(', ');
  const when = making.cause === 'schedule' ? 'is kept by schedule' : 'is kept before the update';
  const others = strangers(making, observed);
  const written = others.length === 0 ? '' : `, while ${someOf(others)} of others may write to it`;
  return `volume ${names} ${when}${written}`;
}

/** Whether a service waits for another one, by however many between. */
function waitsFor(
  model: ComposeModel,
  service: string,
  other: string,
  seen: ReadonlySet<string> = new Set(),
): boolean {
  if (seen.has(service)) return false;
  const next = new Set([...seen, service]);
  return dependencies(model, service).some(
    dependency => dependency.service === other || waitsFor(model, dependency.service, other, next),
  );
}

/** Services that live in the namespaces of one of those, or of one that does. */
function followersOf(model: ComposeModel, leaders: ReadonlySet<string>): ReadonlySet<string> {
  const found = new Set<string>();
  for (const service of serviceOrder(model))
    if (sharedWith(model.services[service] ?? {}).some(other => leaders.has(other) || found.has(other)))
      found.add(service);
  return found;
}

/** Who runs and holds the data, and who lives in the namespaces of one of those: dependents first. */
function toStop({ own, holds, ran, next }: Making): ObservedContainer[] {
  const stopped = new Set(own.filter(one => isUp(one) && holds(one)).map(({ service }) => service));
  const before = followersOf(ran.model, stopped);
  const after = followersOf(next.model, stopped);
  // A pass that was cut off may have made some of what comes.
  const isNext = ({ service, hash }: ObservedContainer) =>
    after.has(service) && serviceDefinition(next, service).hash === hash;
  const orders = [serviceOrder(ran.model), serviceOrder(next.model)];
  const place = ({ service }: ObservedContainer) => Math.max(...orders.map(order => order.indexOf(service)));
  return own
    .filter(one => isUp(one) && (holds(one) || before.has(one.service) || isNext(one)))
    .sort((a, b) => place(b) - place(a) || b.number - a.number);
}

/** @returns the stops. What is stopped for this alone is started again by its lane. */
function stopHolders(
  making: Making,
  reason: string,
  ready: readonly Need[],
  { steps }: BackupContext,
): ReadonlyMap<string, readonly Need[]> {
  const stops = new Map<string, Need[]>();
  for (const container of toStop(making)) {
    const { service, id } = container;
    const before = [...stops].flatMap(([other, needs]) =>
      [making.ran, making.next].some(({ model }) => waitsFor(model, other, service)) ? needs : [],
    );
    const stop = steps.stop(container, reason, [...ready, ...before]);
    stops.set(service, [...(stops.get(service) ?? []), stop]);
    steps.keeping.add(id);
  }
  return stops;
}

/**
 * In the first container of its service that runs. Where none does the step has no container, and says so when it is
 * carried out: a command that is left out in silence would make backups that are worth nothing.
 */
function hookStep(
  { project, settings, own }: Making,
  hook: 'pre' | 'post',
  needs: readonly Need[],
  { steps, memory }: BackupContext,
): Need {
  const asked = settings[hook];
  if (asked === undefined) return undefined;
  const { service } = asked;
  const mine = own.filter(one => one.service === service).sort((a, b) => a.number - b.number);
  const container = mine.find(({ state }) => state === 'running');
  // Before a pass that was cut off has stopped it, the command had ended well.
  const owed = memory.projects.get(project)?.starting ?? [];
  if (container === undefined && hook === 'pre' && mine.some(({ id }) => owed.includes(id))) return undefined;
  const reason = hook === 'pre' ? 'it comes before the backup' : 'it comes after the backup';
  const { id = '', name = service } = container ?? {};
  return steps.add({ kind: 'backup-hook', project, service, hook, container: id, name, reason }, needs);
}

/** As the last one of the same volumes was. */
function expectedOf({ backups }: ProjectMemory, project: string) {
  const last = backups?.get(project)?.find(({ cause }) => cause !== 'aside');
  return last === undefined ? {} : { expected: { bytes: last.bytes, tookMs: last.tookMs } };
}

/** Services that do not write meanwhile. */
function standing({ settings, own, holds, project }: Making, { memory }: BackupContext): readonly string[] {
  const { mode } = settings;
  if (mode === 'hook' || mode === 'live') return [];
  if (mode === 'pause')
    return own.filter(one => one.state === 'running' && holds(one)).map(each => each.service);
  const owed = memory.projects.get(project)?.starting ?? [];
  return own
    .filter(one => isUp(one) || owed.includes(one.id))
    .flatMap(one => (holds(one) ? one.service : []));
}

/**
 * @param ready steps after which something may be stopped
 * @returns the same, and the backup
 */
export function prepareBackup(
  analysis: ProjectAnalysis,
  ready: readonly number[],
  context: BackupContext,
): readonly number[] {
  const data = keptData(analysis, context);
  const cause = data === undefined ? undefined : backupCause(analysis, data, context);
  if (data === undefined || cause === undefined) return ready;
  const { observed, memory, steps } = context;
  const { name: project } = analysis.project;
  const own = observed.containers.filter(one => one.project === project);
  const making = { ...data, project, cause, own, next: analysis.project };
  const { mode } = data.settings;
  const reason = reasonOf(making, observed);
  const expected = expectedOf(memory, project);
  const room = steps.add({ kind: 'check-room', project, ...expected, reason }, ready);
  const first = [...ready, room, hookStep(making, 'pre', [...ready, room], context)];
  const stops = mode === 'stop' ? stopHolders(making, reason, first, context) : new Map<string, Need[]>();
  const stopped = mode === 'stop' ? [...stops.keys()] : [];
  const services = [...new Set([...stopped, ...standing(making, context)])].sort();
  const { volumes } = data;
  const step = { kind: 'back-up', project, volumes, mode, cause, services, ...expected, reason } as const;
  const kept = steps.add(step, [...first, ...[...stops.values()].flat()]);
  const post = hookStep(making, 'post', [kept], context);
  return [...ready, kept, ...(post === undefined ? [] : [post])];
}
