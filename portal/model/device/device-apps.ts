/** Apps of a device: the release that each is to have, and what it says that it runs. */
import type { Fleet } from '../../../core/fleet/fleet.ts';
import type { RolledApp } from '../../../core/rollout/rolled-out.ts';
import { appsOf } from '../../../core/telemetry/device-summary.ts';
import { timeWord } from '../../../core/time-word.ts';
import type { StatusFile } from '../../../schemas/types.generated.ts';
import type { DeviceApp } from '../../api/types.generated.ts';

type Project = StatusFile['projects'][number];

export interface WantedDevice {
  readonly fleet: Fleet;
  readonly apps: readonly RolledApp[];
}

/** What it runs and is not to run stands there, too. */
export function deviceApps(wanted: WantedDevice, status: StatusFile | undefined): DeviceApp[] {
  const standings = new Map(status === undefined ? [] : appsOf(status).map(one => [one.app, one] as const));
  const said = (app: string): Partial<DeviceApp> => {
    const project = status?.projects.find(one => one.app === app);
    const standing = standings.get(app);
    return project === undefined || standing === undefined ? {} : saidOf(project, standing);
  };
  const names = new Set(wanted.apps.map(({ app }) => app));
  const others = status?.projects.filter(({ app }) => !names.has(app)) ?? [];
  return [
    ...wanted.apps.map(app => ({ ...wantedOf(app, wanted.fleet), ...said(app.app) })),
    ...others.map(({ app }) => ({ app, paused: false, services: [], containers: [], ...said(app) })),
  ];
}

function wantedOf(
  { app, release, next, pin, rollout, conflict, paused }: RolledApp,
  fleet: Fleet,
): DeviceApp {
  const images =
    release === undefined ? {} : (fleet.apps.get(app)?.releases.get(release)?.value.images ?? {});
  return {
    app,
    ...(release === undefined ? {} : { wanted: release }),
    ...(next === undefined ? {} : { next }),
    ...(pin === undefined
      ? {}
      : {
          pin: {
            ...(pin.untilMs === undefined ? {} : { until: timeWord(pin.untilMs) }),
            ...(pin.reason === undefined ? {} : { reason: pin.reason }),
          },
        }),
    ...(rollout === undefined ? {} : { rollout: `${app}/${rollout.rollout}` }),
    ...(conflict === undefined
      ? {}
      : { conflict: `moved by ${conflict.join(' and ')}, and none supersedes the other` }),
    paused,
    services: Object.entries(images).map(([service, { image, digest }]) => ({ service, image, digest })),
    containers: [],
  };
}

function saidOf(
  { message, since, services }: Project,
  { release, state, next }: ReturnType<typeof appsOf>[number],
): Partial<DeviceApp> {
  return {
    ...(release === undefined ? {} : { running: release }),
    ...(message === undefined ? {} : { message }),
    ...(since === undefined ? {} : { since }),
    ...(next === undefined ? {} : { comes: next }),
    state,
    containers: services.map(({ name, image, state: own, health, restarts, exitCode }) => ({
      ...{ service: name, state: own },
      ...(image === undefined ? {} : { image }),
      ...(health === undefined ? {} : { health }),
      ...(restarts === undefined ? {} : { restarts }),
      ...(exitCode === undefined ? {} : { exitCode }),
    })),
  };
}
