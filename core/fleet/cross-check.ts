/** What one file says against what others say: names that must exist, keys that must be one's own. */

import type { Apps, Selector } from '../../schemas/types.generated.ts';
import { parseDuration } from '../duration.ts';
import type { Problem } from '../errors.ts';
import { suggestion } from '../nearest.ts';
import { accessProblems } from './access-check.ts';
import { adoptProblems } from './adoption.ts';
import { agentProblems } from './agent-versions.ts';
import { sharedStoreProblems } from './backup-stores.ts';
import type { Fleet } from './fleet.ts';
import { keyProblems } from './key-check.ts';
import { portProblems } from './port-check.ts';
import { retiredProblems } from './retired.ts';
import { fleetRolloutProblems, pinProblems } from './rollout-check.ts';
import type { CheckedFile, FileKind } from './schema-check.ts';
import { targetProblems } from './tunnel.ts';

/** Kind → key → path of files that are there, even where they cannot be read. */
export type Present = Readonly<Record<FileKind, ReadonlyMap<string, string>>>;

type Codes = 'FLEET_GROUP_UNKNOWN' | 'FLEET_DEVICE_UNKNOWN' | 'FLEET_OPERATOR_UNKNOWN';

interface Reference {
  readonly code: Codes;
  readonly what: string;
  readonly known: ReadonlyMap<string, unknown>;
}

function unknownNames(
  file: CheckedFile<FileKind>,
  pointer: string,
  names: readonly string[] | undefined,
  { code, what, known }: Reference,
): Problem[] {
  return (names ?? []).flatMap((name, index) =>
    known.has(name)
      ? []
      : [
          {
            code,
            message: `there is no ${what} "${name}"${suggestion(name, known.keys())}`,
            position: file.locate(`${pointer}/${index}`),
          },
        ],
  );
}

/** Apps and releases that a file assigns. */
export function assignmentProblems(
  file: CheckedFile<'fleet' | 'group' | 'device'>,
  apps: ReadonlySet<string>,
  releases: { has(key: string): boolean; keys(): Iterable<string> },
): Problem[] {
  const problems: Problem[] = [];
  const assigned: Apps = file.value.apps ?? {};
  for (const [app, assignment] of Object.entries(assigned)) {
    if (!apps.has(app)) {
      const message = `there is no app "${app}"${suggestion(app, apps)}`;
      problems.push({ code: 'FLEET_APP_UNKNOWN', message, position: file.locate(`/apps/${app}`, 'key') });
      continue;
    }
    for (const key of ['release', 'next'] as const) {
      const release = assignment[key];
      if (release === undefined || releases.has(`${app}/${release}`)) continue;
      const others = [...releases.keys()]
        .filter(known => known.startsWith(`${app}/`))
        .map(known => known.slice(app.length + 1));
      const message = `app "${app}" has no release "${release}"${suggestion(release, others)}`;
      problems.push({ code: 'FLEET_RELEASE_UNKNOWN', message, position: file.locate(`/apps/${app}/${key}`) });
    }
  }
  return problems;
}

/** A release says its version itself; the folder's name must say the same. */
export function releaseNameProblems(release: CheckedFile<'release'>, version: string): Problem[] {
  if (release.value.version === version) return [];
  const message = `the folder's name says ${version}, its version ${release.value.version}`;
  return [{ code: 'FLEET_NAME_MISMATCH', message, position: release.locate('/version') }];
}

function selectorProblems(
  operator: CheckedFile<'operator'>,
  key: 'tunnels' | 'reads',
  devices: Reference,
  groups: Reference,
): Problem[] {
  const selectors: readonly Selector[] = operator.value[key] ?? [];
  return selectors.flatMap((selector, index) => [
    ...unknownNames(operator, `/${key}/${index}/devices`, selector.devices, devices),
    ...unknownNames(operator, `/${key}/${index}/groups`, selector.groups, groups),
  ]);
}

/** Who is fed by bundles has statements that are older, not younger. */
export function freshnessProblems(file: CheckedFile<'fleet'>): Problem[] {
  const { maxAge, offline } = file.value.freshness ?? {};
  if (maxAge === undefined || offline === undefined) return [];
  if (parseDuration(offline.maxAge) >= parseDuration(maxAge)) return [];
  const message = `offline.maxAge (${offline.maxAge}) is shorter than maxAge (${maxAge})`;
  return [{ code: 'FLEET_SCHEMA', message, position: file.locate('/freshness/offline/maxAge') }];
}

/** All problems between the files of a fleet. */
export function crossCheck(fleet: Fleet, present: Present): Problem[] {
  const groups: Reference = { code: 'FLEET_GROUP_UNKNOWN', what: 'group', known: present.group };
  const devices: Reference = { code: 'FLEET_DEVICE_UNKNOWN', what: 'device', known: present.device };
  const operators: Reference = { code: 'FLEET_OPERATOR_UNKNOWN', what: 'operator', known: present.operator };
  const apps = new Set(fleet.apps.keys());
  const problems: Problem[] = [];
  for (const file of [fleet.file, ...fleet.groups.values(), ...fleet.devices.values()]) {
    problems.push(...assignmentProblems(file, apps, present.release), ...targetProblems(file));
    const tunnel = file.value.tunnel;
    const allow = typeof tunnel === 'object' ? tunnel.allow : undefined;
    problems.push(...unknownNames(file, '/tunnel/allow', allow, operators));
  }
  for (const file of [fleet.file, ...fleet.groups.values()])
    problems.push(...pinProblems(file, 'group'), ...adoptProblems(file));
  for (const file of [...fleet.rollouts.values()].flatMap(ofApp => [...ofApp.values()])) {
    for (const [index, { select }] of file.value.stages.entries()) {
      problems.push(...unknownNames(file, `/stages/${index}/select/groups`, select?.groups, groups));
      problems.push(...unknownNames(file, `/stages/${index}/select/devices`, select?.devices, devices));
    }
  }
  for (const [id, device] of fleet.devices) {
    problems.push(...pinProblems(device, 'device'));
    problems.push(...unknownNames(device, '/groups', device.value.groups, groups));
    problems.push(...retiredProblems(device, id));
  }
  for (const operator of fleet.operators.values()) {
    problems.push(...selectorProblems(operator, 'tunnels', devices, groups));
    problems.push(...selectorProblems(operator, 'reads', devices, groups));
  }
  for (const { releases } of fleet.apps.values()) {
    for (const [version, release] of releases) problems.push(...releaseNameProblems(release, version));
  }
  const { policy } = fleet;
  if (policy !== undefined && policy.value.fleet !== fleet.name) {
    const message = `the fleet is "${policy.value.fleet}" here and "${fleet.name}" in fleet.yaml`;
    problems.push({ code: 'FLEET_NAME_MISMATCH', message, position: policy.locate('/fleet') });
  }
  const names = { operators: present.operator, apps };
  return [
    ...problems,
    ...accessProblems(fleet, names),
    ...freshnessProblems(fleet.file),
    ...fleetRolloutProblems(fleet, present.release, present.agents),
    ...agentProblems(fleet, present.agents),
    ...portProblems(fleet),
    ...keyProblems(fleet),
    ...sharedStoreProblems(fleet),
  ];
}
