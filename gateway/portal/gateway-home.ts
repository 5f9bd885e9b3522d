/** What the page is told at a gateway, and by which parts of it. */
import path from 'node:path';
import type { Logger } from 'pino';
import { auditRef } from '../../core/audit/audit-commit.ts';
import type { Clock } from '../../core/io/clock.ts';
import { LastingObjectSource } from '../../core/io/git/lasting-object-source.ts';
import type { WalkStop } from '../../core/trust/walk.ts';
import type { Home } from '../../portal/home/home.ts';
import type { Audit } from '../admission/audit.ts';
import type { BundleMaker } from '../bundles/bundle-maker.ts';
import type { Enrolment } from '../enrolment/enrolment.ts';
import type { FleetViewHolder } from '../fleet/fleet-view-holder.ts';
import { readRef } from '../git/bare-refs.ts';
import type { GitRunner } from '../git/git-runner.ts';
import type { PeopleParts } from '../people/people-parts.ts';
import type { Recordings } from '../recordings/recordings.ts';
import type { DeviceReports } from '../sinks/device-reports.ts';
import type { TelemetryGit } from '../telemetry/telemetry-git.ts';
import type { TelemetryHints } from '../telemetry-hints/telemetry-hints.ts';
import { GatewayBundleHome } from './bundle-home.ts';
import { GatewayFleet } from './fleet-source.ts';
import { GatewayChanges, type GatewayChangesOptions } from './push-home.ts';
import { GatewaySessionHome } from './session-home.ts';
import { GatewayTelemetry } from './telemetry-source.ts';

export interface GatewayHomeOptions {
  readonly settings: GatewayChangesOptions['settings'] & {
    readonly telemetryGit: string;
    readonly stateDirectory: string;
  };
  readonly main: GatewayChangesOptions['main'];
  readonly portal: GatewayChangesOptions['portal'];
  readonly runner: GitRunner;
  readonly view: FleetViewHolder;
  readonly reports: DeviceReports;
  /** What answers devices. */
  readonly devices: {
    readonly telemetryGit: TelemetryGit;
    readonly telemetryHints: TelemetryHints;
    readonly enrolment: Pick<Enrolment, 'desk'>;
    readonly recordings: Pick<Recordings, 'store'>;
    readonly bundles: BundleMaker;
  };
  readonly people: PeopleParts;
  readonly stopped: () => WalkStop | undefined;
  readonly audit: Audit;
  readonly log: Logger;
  readonly clock: Clock;
}

export interface OpenedHome extends AsyncDisposable {
  readonly home: Home;
}

/** @throws TowlineError GATEWAY_GIT_FAILED */
export async function openGatewayHome(options: GatewayHomeOptions): Promise<OpenedHome> {
  const { settings, view, clock, log, audit, stopped, reports, devices, people } = options;
  const { fleetGit, telemetryGit } = settings;
  const fleetObjects = new LastingObjectSource(fleetGit);
  const objects = new LastingObjectSource(telemetryGit);
  const fleet = new GatewayFleet({ view, stopped, objects: fleetObjects });
  const telemetry = new GatewayTelemetry({
    ...{ store: devices.telemetryGit.store, hints: devices.telemetryHints },
    ...{ view, objects, read: reports.reader() },
  });
  const changes = await GatewayChanges.open({ ...options, git: people.git, objects: fleetObjects });
  const home: Home = {
    ...{ kind: 'gateway', clock, log, fleet, telemetry },
    audit: { tip: () => readRef(telemetryGit, auditRef), objects },
    enrolments: async () => devices.enrolment.desk.statements,
    changes,
    sessions: new GatewaySessionHome({
      ...{ view, clock, audit },
      ...{ login: people.deviceLogin, recordings: devices.recordings.store },
    }),
    bundles: new GatewayBundleHome({
      ...{ view, clock, audit, bundles: devices.bundles, telemetry: devices.telemetryGit },
      incoming: path.join(settings.stateDirectory, 'incoming'),
    }),
    gateway: { tunnelIsUp: device => people.tunnels.entry(device) !== undefined },
  };
  return {
    home,
    [Symbol.asyncDispose]: async () => {
      changes.close();
      fleet[Symbol.dispose]();
      telemetry[Symbol.dispose]();
      await fleetObjects[Symbol.asyncDispose]();
      await objects[Symbol.asyncDispose]();
    },
  };
}
