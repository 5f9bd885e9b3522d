/** For the person at the site: releases that their devices may take, and what each needs. */
import type { FleetApp } from '../../../core/fleet/fleet.ts';
import { releasePath } from '../../../core/fleet/paths.ts';
import { machineLacks } from '../../../core/plan/requirements.ts';
import { capabilityOf } from '../../../core/telemetry/capability.ts';
import type { ReleaseFile, StatusFile } from '../../../schemas/types.generated.ts';
import type {
  Requirement,
  Upgrade,
  UpgradeOption,
  Upgrades,
  UpgradesQuery,
} from '../../api/types.generated.ts';
import type { Viewer } from '../../home/viewer.ts';
import type { Model } from '../model.ts';
import type { SeenRow, Sight } from '../sight.ts';

/** Of one app of one device. */
const mostOptions = 20;

/** Devices that this viewer reads. @throws TowlineError what main's history throws; the signal's reason */
export async function upgrades(
  model: Model,
  viewer: Viewer,
  question: { readonly sight: Sight; readonly query: UpgradesQuery },
  signal: AbortSignal,
): Promise<Upgrades> {
  const { sight, query } = question;
  const { device, offset, limit } = query;
  const { fleet, commit } = model.seen;
  const rows = sight.rows.filter(
    ({ row, reads }) => reads && row.wanted.file !== undefined && (device === undefined || row.id === device),
  );
  const found: Upgrade[] = [];
  for (const seen of rows.slice(offset, offset + limit)) {
    signal.throwIfAborted();
    found.push(...(await upgradesOf(model, viewer, seen, signal)));
  }
  const { support } = fleet.file.value;
  return {
    ...{ commit, total: rows.length, offset, upgrades: found },
    ...(support === undefined ? {} : { support: { ...support } }),
  };
}

async function upgradesOf(
  model: Model,
  viewer: Viewer,
  { row }: SeenRow,
  signal: AbortSignal,
): Promise<Upgrade[]> {
  const { home, seen } = model;
  const report = await home.telemetry.report(row.id, signal);
  const status = report?.kind === 'said' ? report.status : undefined;
  const bundle = home.bundles?.may(viewer, row.id) === true;
  const found: Upgrade[] = [];
  for (const { app, release: wanted } of row.wanted.apps) {
    const project = status?.projects.find(one => one.app === app);
    const options = optionsOf(seen.fleet.apps.get(app), { wanted, status });
    const dated = await Promise.all(
      options.map(async option => ({
        option,
        made: await model.madeBy(releasePath(app, option.version), signal),
      })),
    );
    const sorted = dated.sort((left, right) => ((left.made?.time ?? '') < (right.made?.time ?? '') ? 1 : -1));
    found.push({
      ...{ device: row.id, app },
      ...(project?.release === undefined ? {} : { running: project.release }),
      ...(wanted === undefined ? {} : { wanted }),
      ...(project === undefined ? {} : { state: project.state }),
      options: sorted.slice(0, mostOptions).map(({ option }) => ({
        ...{ ...option, bundle, request: requestOf(row.id, app, option.version) },
      })),
    });
  }
  return found;
}

const requestOf = (device: string, app: string, version: string): string =>
  `Please give ${device} release ${version} of ${app}: towline assign ${app} ${version} --device ${device}`;

type Option = Omit<UpgradeOption, 'bundle' | 'request'>;

/** All but the one that it is to have, and those that are withdrawn. */
function optionsOf(
  app: FleetApp | undefined,
  { wanted, status }: { readonly wanted: string | undefined; readonly status: StatusFile | undefined },
): Option[] {
  return [...(app?.releases ?? [])].flatMap(([version, { value }]) => {
    if (version === wanted || value.withdrawn !== undefined) return [];
    const { notes, breaking, migration } = value;
    return [
      {
        version,
        ...(notes === undefined ? {} : { notes }),
        ...(breaking === undefined ? {} : { breaking }),
        ...(migration === undefined ? {} : { migration }),
        requirements: requirementsOf(value, status),
      },
    ];
  });
}

/** Each by itself, as the device judges it; what is not known of the device is not judged. */
function requirementsOf({ requires = {} }: ReleaseFile, status: StatusFile | undefined): Requirement[] {
  const { agent, engine, platforms, memory, disk } = requires;
  const has = status === undefined ? undefined : capabilityOf(status);
  const judged = (what: string, part: NonNullable<ReleaseFile['requires']>, known: unknown): Requirement => {
    if (has === undefined || known === undefined) return { what, met: 'unknown' };
    const [why] = machineLacks(part, has);
    return why === undefined ? { what, met: 'yes' } : { what, met: 'no', why };
  };
  return [
    ...(agent === undefined ? [] : [judged(`agent ${agent} or newer`, { agent }, has?.agent)]),
    ...(engine === undefined ? [] : [judged(`engine ${engine} or newer`, { engine }, has?.engine)]),
    ...(platforms === undefined
      ? []
      : [judged(`a machine of ${platforms.join(', ')}`, { platforms }, has?.platform)]),
    ...(memory === undefined ? [] : [judged(`${memory} of memory`, { memory }, has?.memory)]),
    ...(disk === undefined
      ? []
      : [{ what: `${disk} free on the disk of the images`, met: 'unknown' as const }]),
  ];
}
