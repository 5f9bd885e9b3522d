/**
 * Restores that a change asks for: of an app that the device has, and of its release. One that stood in the file before is
 * carried out, or past: it never keeps a later release back.
 */
import { isDeepStrictEqual } from 'node:util';
import type { Problem } from '../../core/errors.ts';
import { type Fleet, layersOf } from '../../core/fleet/fleet.ts';
import { loadFleet } from '../../core/fleet/load.ts';
import { restoresOf } from '../../core/fleet/restores.ts';
import { rolledOut } from '../../core/rollout/rolled-out.ts';
import { byCommit } from '../../core/rollout/when.ts';
import { unknownName } from '../../core/unknown-name.ts';
import type { DeviceFile, RestoreRequest } from '../../schemas/types.generated.ts';
import { openSnapshot } from '../desk/repository.ts';
import { baseOf, type Question } from './base-commit.ts';

/** Where it stands in the device's file, if it does already. */
function placeOf({ restore }: Pick<DeviceFile, 'restore'>, { app }: RestoreRequest): string {
  if (!Array.isArray(restore)) return '/restore';
  return `/restore/${Math.max(
    0,
    restore.findIndex(request => request.app === app),
  )}`;
}

/** What of a request does not fit what the device has then. */
export function restoreProblem(fleet: Fleet, id: string, request: RestoreRequest): Problem | undefined {
  const file = fleet.devices.get(id);
  const layers = layersOf(fleet, id);
  if (file === undefined || layers === undefined) return undefined;
  const { app, backup, release, migrate = false } = request;
  const { apps } = rolledOut(layers, byCommit);
  const found = apps.find(one => one.app === app);
  if (found === undefined) {
    const names = apps.map(one => one.app);
    const message = unknownName('app', app, names, `on ${id}`);
    return { code: 'RESTORE_NO_APP', message, position: file.locate(`${placeOf(file.value, request)}/app`) };
  }
  if (release === undefined || migrate || found.release === release) return undefined;
  const has = found.release === undefined ? 'no release' : `release ${found.release}`;
  const message = `backup ${backup} of ${app} is of release ${release}, and ${id} has ${has}`;
  return {
    code: 'RESTORE_OTHER_RELEASE',
    message,
    position: file.locate(`${placeOf(file.value, request)}/release`),
  };
}

/** @param before the fleet as it was; undefined: there was none */
export function restoreProblems(fleet: Fleet, before: Fleet | undefined): Problem[] {
  return [...fleet.devices].flatMap(([id, file]) => {
    const requests = restoresOf(file.value);
    const old = restoresOf(before?.devices.get(id)?.value ?? {});
    const asked = requests.filter(request => !old.some(other => isDeepStrictEqual(other, request)));
    const twice = requests.find(({ app }, at) => requests.findIndex(other => other.app === app) !== at);
    const position = file.locate('/restore');
    const message = `two backups of ${twice?.app} are asked for: one can be put back`;
    return [
      ...(twice === undefined ? [] : [{ code: 'FLEET_SCHEMA', message, position } as const]),
      ...asked.flatMap(request => restoreProblem(fleet, id, request) ?? []),
    ];
  });
}

export async function restoreFindings(question: Question): Promise<Problem[]> {
  const { fleet, gitDirectory } = question;
  const isAsked = [...fleet.devices.values()].some(({ value }) => value.restore !== undefined);
  const base = isAsked ? await baseOf(question) : undefined;
  if (!isAsked || base === undefined) return restoreProblems(fleet, undefined);
  await using before = await openSnapshot({ repo: gitDirectory, commit: base });
  return restoreProblems(fleet, (await loadFleet(before.files, before.commit)).fleet);
}
