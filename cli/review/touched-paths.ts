/** Whether what a branch changes can change what a device should be, where its own files say the same as before. */
import { isTowlineError } from '../../core/errors.ts';
import type { DeviceLayers } from '../../core/fleet/fleet.ts';
import { rolledOut } from '../../core/rollout/rolled-out.ts';
import { byCommit } from '../../core/rollout/when.ts';
import { changeBetween } from '../../core/trust/git/change.ts';
import type { ObjectReader } from '../../core/trust/git/object-reader.ts';
import type { ObjectId } from '../../core/trust/git/object-source.ts';
import type { DeviceClass } from './device-classes.ts';

/** Undefined: there are too many to look at each, any device may be touched. */
export type ChangedPaths = readonly string[] | undefined;

export async function changedPaths(
  reader: ObjectReader,
  base: ObjectId,
  merged: ObjectId,
): Promise<ChangedPaths> {
  const [from, to] = [await reader.commit(base), await reader.commit(merged)];
  try {
    return (await changeBetween(reader, from.tree, to.tree)).map(({ path }) => path);
  } catch (error) {
    if (isTowlineError(error, 'TRUST_LIMIT')) return undefined;
    throw error;
  }
}

/** What is in no other device's state, or was asked by itself: `DeviceClass` tells such a change from none. */
const ofOthers = /^(?:devices|rollouts|operators|approvals)\/|^trust\/policy\.yaml$|^[^/]+\.md$|^docs\/|^\./;

/** By names alone: it may say yes where nothing comes of it. */
export function mayTouch(paths: ChangedPaths, { before, after, walked }: DeviceClass): boolean {
  if (paths === undefined || before === undefined || after === undefined) return true;
  const all = [before, after, ...(walked === undefined ? [] : [walked])];
  const groups = new Set(all.flatMap(({ device }) => device.value.groups ?? []));
  const apps = new Map<string, Set<string | undefined>>();
  for (const { app, release, next } of all.flatMap(layers => rolledOut(layers, byCommit).apps))
    for (const version of [release, next, ...goals(after, app)])
      apps.set(app, (apps.get(app) ?? new Set()).add(version));
  return paths.some(path => {
    if (ofOthers.test(path)) return false;
    const [, group] = /^groups\/([^/]+)\.yaml$/.exec(path) ?? [];
    if (group !== undefined) return groups.has(group);
    const [, app, version] = /^apps\/([^/]+)\/(?:releases\/([^/]+)\/)?/.exec(path) ?? [];
    if (app === undefined) return true;
    const versions = apps.get(app);
    return versions !== undefined && (version === undefined || versions.has(version));
  });
}

/** What rollouts may bring it in the end. */
const goals = ({ rollouts }: DeviceLayers, app: string) =>
  [...(rollouts.get(app)?.values() ?? [])].map(({ value }) => value.to);
