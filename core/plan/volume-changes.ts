/**
 * Volumes of a project compared with those that are there. What differs is kept, for its data's sake, and told: no device
 * says that it is as the commit wants it while a volume is otherwise. What the app calls disposable is made anew.
 */

import { volumeUsers } from '../backup/volume-users.ts';
import type { VolumeModel } from '../compose/value/model.ts';
import { resourceName } from '../desired/resource-name.ts';
import type { DesiredProject } from '../desired/state.ts';
import { someOf } from '../some-of.ts';
import type { ObservedContainer, ObservedState, ObservedVolume, VolumeForm } from './observed.ts';
import { projectPath } from './project-files.ts';
import { resourceHash } from './service-definition.ts';

export interface MissingVolume {
  readonly key: string;
  readonly name: string;
}

/** One that is removed with all that it holds, and made as the file has it. */
export interface VolumeRemade extends MissingVolume {
  readonly reason: string;
  /** Containers of the project that have it mounted: they go first. */
  readonly users: readonly ObservedContainer[];
}

/** What is left as it is though the file says otherwise. */
export interface Kept {
  readonly code: string;
  readonly message: string;
  /** What is the app's is as the file says. */
  readonly harmless?: true;
}

/** Differences that one message names. */
export const namedDifferences = 4;

/** How a volume is asked for. */
export function volumeForm({ driver = '', driver_opts = {}, labels = {} }: VolumeModel): VolumeForm {
  return { driver: driver === '' ? 'local' : driver, options: driver_opts, labels };
}

const isWritten = (label: string): boolean => /^(?:io\.towline|com\.docker\.compose)\./.test(label);

function differingKeys(
  wanted: Readonly<Record<string, string>>,
  actual: Readonly<Record<string, string>>,
  same: (wanted: string, actual: string) => boolean,
): string[] {
  return [...new Set([...Object.keys(wanted), ...Object.keys(actual)])].sort().filter(key => {
    const [one, other] = [wanted[key], actual[key]];
    return one === undefined || other === undefined || !same(one, other);
  });
}

/** A folder of the project lies on each device where that one has its data. */
function sameOption(wanted: string, actual: string): boolean {
  const below = projectPath(wanted);
  return wanted === actual || (below !== undefined && actual.endsWith(`/${below}`));
}

/** Names of what is otherwise, never values: an option may hold a password. undefined: nothing. */
function differences(definition: VolumeModel, { owner, form }: ObservedVolume): string | undefined {
  if (owner?.hash === resourceHash(definition)) return undefined;
  if (form === undefined) return owner === undefined ? undefined : 'its definition';
  const wanted = volumeForm(definition);
  const written = Object.entries(form.labels).filter(([name]) => !isWritten(name));
  // What others have written on a volume of theirs is not asked for, and does no harm.
  const labels = owner === undefined ? written.filter(([name]) => name in wanted.labels) : written;
  const found = [
    ...(wanted.driver === form.driver ? [] : ['driver']),
    ...differingKeys(wanted.options, form.options, sameOption).map(key => `driver_opts.${key}`),
    ...differingKeys(wanted.labels, Object.fromEntries(labels), (one, other) => one === other).map(
      key => `labels.${key}`,
    ),
  ];
  return found.length === 0 ? undefined : someOf(found, namedDifferences);
}

/** Why it is not made anew though it is disposable, or undefined. */
function obstacle(
  project: DesiredProject,
  { key, volume: { name, owner } }: { readonly key: string; readonly volume: ObservedVolume },
  users: readonly ObservedContainer[],
  { containers, foreign }: ObservedState,
): string | undefined {
  if (owner?.project !== project.name) return 'it is not one that this device has made for the app';
  const too = Object.keys(project.model.volumes ?? {}).find(
    other => other !== key && resourceName(project.model, 'volumes', other) === name,
  );
  if (too !== undefined) return `it is volume ${too} of the file, too`;
  const others = [
    ...foreign.map(one => ({ name: one.name, volumes: one.volumes })),
    ...containers
      .filter(one => one.project !== project.name)
      .map(one => ({ name: one.name, volumes: one.mounts?.volumes })),
  ];
  const stranger = others.find(({ volumes }) => volumes?.includes(name) === true);
  if (stranger !== undefined) return `container ${stranger.name}, which is not the app's, uses it`;
  // They are handed from a container to its successor, and here the one goes before the other comes.
  const holder = users.find(({ mounts }) => mounts?.holdsAnonymous === true);
  if (holder === undefined) return undefined;
  return `${holder.service}, which uses it, has anonymous volumes that would be lost with it: name them in the file`;
}

export interface VolumeComparison {
  readonly missing: readonly MissingVolume[];
  readonly remade: readonly VolumeRemade[];
  readonly kept: readonly Kept[];
}

export function compareVolumes(project: DesiredProject, observed: ObservedState): VolumeComparison {
  const missing: MissingVolume[] = [];
  const remade: VolumeRemade[] = [];
  const kept: Kept[] = [];
  for (const [key, definition] of Object.entries(project.model.volumes ?? {})) {
    if (definition?.external === true) continue;
    const name = resourceName(project.model, 'volumes', key);
    const volume = observed.volumes.find(existing => existing.name === name);
    if (volume === undefined) {
      missing.push({ key, name });
      continue;
    }
    const differs = differences(definition ?? {}, volume);
    if (differs === undefined) continue;
    // Containers that nobody has looked into are known by them.
    const services = volumeUsers(project.model, key);
    const users = observed.containers.filter(
      ({ project: owner, service, mounts }) =>
        owner === project.name && (mounts?.volumes.includes(name) ?? services.has(service)),
    );
    const disposable = project.disposableVolumes?.includes(key) === true;
    const why = disposable ? obstacle(project, { key, volume }, users, observed) : undefined;
    if (disposable && why === undefined) {
      remade.push({
        key,
        name,
        users,
        reason: `disposable volume ${name} is defined otherwise now (${differs})`,
      });
      continue;
    }
    const whose =
      volume.owner === undefined ? 'was made by somebody else, and otherwise' : 'is defined otherwise now';
    const not = why === undefined ? '' : `; it is disposable and not made anew, because ${why}`;
    kept.push({
      code: 'ENGINE_VOLUME_KEPT',
      message: `volume ${name} ${whose} (${differs}): its data is kept as it is${not}`,
    });
  }
  return { missing, remade, kept };
}
