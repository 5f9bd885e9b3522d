/** Volumes beside those of an app, while a restore goes on: made, looked at, removed. */
import type { RestoredVolume } from '../../core/backup/restore-note.ts';
import type { DesiredProject } from '../../core/desired/state.ts';
import { TowlineError } from '../../core/errors.ts';
import { label } from '../../core/plan/container/labels.ts';
import { volumeForm } from '../../core/plan/volume-changes.ts';
import { members, text } from '../runtime/engine/answer-shape.ts';
import { isHelper, isOurs } from '../runtime/engine/containers.ts';
import { containerSummaries, volumeDetails } from '../runtime/engine/engine-answers.ts';
import { engineStatus, unlessGone } from '../runtime/engine/refusals.ts';
import type { RunContext } from '../runtime/engine/run-context.ts';

const pathOf = (name: string): string => `/volumes/${encodeURIComponent(name)}`;
const mounted = members({ Mountpoint: text });
const up: ReadonlySet<string> = new Set(['running', 'paused', 'restarting']);

type Room = Pick<RunContext, 'engine' | 'owner'>;

/** Empty: one that is there was left by a restore that came to nothing. @param what `fresh`, or `aside-<stamp>` */
export async function makeBeside(
  { engine, owner }: Room,
  { project, key, name, what }: { project: string; key: string; name: string; what: string },
  signal: AbortSignal,
): Promise<void> {
  const Labels = {
    [label.device]: owner.device,
    [label.fleet]: owner.fleet,
    [label.project]: project,
    [label.key]: key,
    [label.restore]: what,
  };
  const body = { Name: name, Driver: 'local', Labels };
  await engine.call({ method: 'POST', path: '/volumes/create', body }, signal);
}

export async function removeBeside({ engine }: Room, name: string, signal: AbortSignal): Promise<void> {
  await unlessGone(engine.call({ method: 'DELETE', path: pathOf(name) }, signal));
}

/** Where the engine has it; undefined: there is none. */
export async function mountpointOf(
  { engine }: Room,
  name: string,
  signal: AbortSignal,
): Promise<string | undefined> {
  try {
    return (await engine.call({ method: 'GET', path: pathOf(name), answer: mounted }, signal)).Mountpoint;
  } catch (error) {
    if (engineStatus(error) === 404) return undefined;
    throw error;
  }
}

/** One whose folder the engine has among its own: others cannot be exchanged. @throws TowlineError RESTORE_VOLUME */
export async function assertPlain(
  { engine }: Room,
  target: DesiredProject,
  { key, name }: Pick<RestoredVolume, 'key' | 'name'>,
  signal: AbortSignal,
): Promise<void> {
  const wanted = volumeForm(target.model.volumes?.[key] ?? {});
  let [driver, options] = [wanted.driver, wanted.options];
  try {
    const there = await engine.call({ method: 'GET', path: pathOf(name), answer: volumeDetails }, signal);
    [driver, options] = [there.Driver, there.Options ?? {}];
  } catch (error) {
    if (engineStatus(error) !== 404) throw error;
  }
  if (driver === 'local' && Object.keys(options).length === 0) return;
  const what = driver === 'local' ? 'options of its own' : `driver ${driver}`;
  throw new TowlineError('RESTORE_VOLUME', `volume ${name} has ${what}: its folder is not the engine's`);
}

export interface Holder {
  readonly id: string;
  readonly name: string;
  readonly isUp: boolean;
}

/**
 * Containers of the project that have one of the volumes, those among them that it has taken over from docker compose.
 * @throws TowlineError RESTORE_IN_USE where one of somebody else runs with it
 */
export async function holdersOf(
  { engine, owner, observed }: Room & Pick<RunContext, 'observed'>,
  { project, volumes }: { readonly project: string; readonly volumes: readonly string[] },
  signal: AbortSignal,
): Promise<Holder[]> {
  // They bear docker compose's labels alone.
  const taken = observed.containers.filter(one => one.project === project && one.adopted !== undefined);
  const adopted = new Set(taken.map(({ id }) => id));
  const query = { all: true, filters: JSON.stringify({ volume: volumes }) };
  const request = { method: 'GET', path: '/containers/json', query, answer: containerSummaries } as const;
  const holders: Holder[] = [];
  for (const { Id: id, Names, Labels, State } of await engine.call(request, signal)) {
    if (isHelper(Labels, owner.device)) continue;
    const name = (Names?.[0] ?? id).replace(/^\//, '');
    const isUp = up.has(State);
    const isOwn = isOurs(Labels, owner.device) && Labels?.[label.project] === project;
    if (isOwn || adopted.has(id)) holders.push({ id, name, isUp });
    else if (isUp)
      throw new TowlineError('RESTORE_IN_USE', `container ${name} runs with ${volumes.join(', ')}`);
  }
  return holders;
}
