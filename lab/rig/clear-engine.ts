/** Takes from an engine what a device of a rig has there. */
import type { Engine } from '../../agent/runtime/engine/engine.ts';
import type { ContainerSummary } from '../../agent/runtime/engine/engine-answers.ts';
import { label } from '../../core/plan/container/labels.ts';

export interface OnEngine {
  readonly engine: Pick<Engine, 'call'>;
  readonly device: string;
  readonly project: string;
  readonly signal: AbortSignal;
}

/** Removes what bears this device's label or this project's name. */
export async function clearEngine({ engine, device, project, signal }: OnEngine): Promise<void> {
  const remove = (path: string, query: Record<string, boolean>) =>
    engine.call({ method: 'DELETE', path, query }, signal);
  const quietly = (work: Promise<unknown>) => work.catch(() => undefined);
  const all = await engine.call<ContainerSummary[]>(
    { method: 'GET', path: '/containers/json', query: { all: true } },
    signal,
  );
  const mine = all.filter(
    ({ Labels, Names }) => Labels?.[label.device] === device || Names.some(name => name.includes(project)),
  );
  // One after the other: running containers that leave a network at once can lock up dockerd 20.10 (moby/moby#46661).
  for (const { Id } of mine) await quietly(remove(`/containers/${Id}`, { force: true, v: true }));
  for (const [kind, list] of [
    [
      'networks',
      (await engine.call<{ Id: string; Name: string }[]>({ method: 'GET', path: '/networks' }, signal)).map(
        ({ Id, Name }) => ({ id: Id, name: Name }),
      ),
    ],
    [
      'volumes',
      (
        (
          await engine.call<{ Volumes: { Name: string }[] | null }>(
            { method: 'GET', path: '/volumes' },
            signal,
          )
        ).Volumes ?? []
      ).map(({ Name }) => ({ id: Name, name: Name })),
    ],
  ] as const) {
    for (const { id, name } of list)
      if (name.includes(project)) await quietly(remove(`/${kind}/${id}`, { force: true }));
  }
}
