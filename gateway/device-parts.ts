/** What answers devices: both repositories, enrolment, hints, and the port over which they come. */
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Logger } from 'pino';
import type { Clock } from '../core/io/clock.ts';
import type { Audit } from './admission/audit.ts';
import { Agents } from './agents/agents.ts';
import { BundleMaker } from './bundles/bundle-maker.ts';
import type { Bus } from './bus/bus.ts';
import { DevicePort } from './device-port/device-port.ts';
import type { TlsFiles } from './device-port/device-server.ts';
import { Hints } from './device-port/hints.ts';
import { Enrolment } from './enrolment/enrolment.ts';
import type { FleetViewHolder } from './fleet/fleet-view-holder.ts';
import { FleetGit } from './git/fleet-git.ts';
import type { GitRunner } from './git/git-runner.ts';
import type { Part } from './part.ts';
import { Recordings } from './recordings/recordings.ts';
import type { Images } from './registry/images.ts';
import type { GatewaySettings } from './settings.ts';
import { prepareRefs } from './telemetry/ref-writer.ts';
import { TelemetryGit } from './telemetry/telemetry-git.ts';
import type { TelemetryStore } from './telemetry/telemetry-store.ts';
import { TelemetryHints } from './telemetry-hints/telemetry-hints.ts';

export interface DevicePartsOptions {
  readonly settings: GatewaySettings;
  readonly tls: TlsFiles;
  readonly view: FleetViewHolder;
  readonly runner: GitRunner;
  readonly bus: Bus;
  readonly audit: Audit;
  readonly log: Logger;
  readonly clock: Clock;
}

/** In the order in which they begin; they end the other way round. */
export interface DeviceParts {
  readonly telemetryGit: TelemetryGit;
  readonly fleetGit: FleetGit;
  readonly enrolment: Enrolment;
  readonly recordings: Recordings;
  /** Undefined where devices pull nothing through this gateway. */
  readonly images: Images | undefined;
  readonly agents: Agents;
  /** For devices without a network. */
  readonly bundles: BundleMaker;
  readonly port: DevicePort;
  readonly hints: Hints;
  readonly telemetryHints: TelemetryHints;
  /** What keeps what came in: they end after what takes it in. */
  readonly kept: readonly Part[];
}

/** Of fleet.git, where this program has git move refs: locks of one that was killed would keep main where it is. */
const fleetRefs = ['refs/heads', 'refs/towline', 'refs/towline/pending'] as const;

/** @returns what listens not yet: others have routes, too. */
export async function openDeviceParts(options: DevicePartsOptions): Promise<DeviceParts> {
  const { settings, ...services } = options;
  const incoming = join(settings.stateDirectory, 'incoming');
  await rm(incoming, { recursive: true, force: true });
  await mkdir(incoming, { recursive: true, mode: 0o700 });
  const shared = { ...settings, ...services, incoming };
  const telemetryGit = await TelemetryGit.open(shared);
  for (const folder of fleetRefs) await prepareRefs(settings.fleetGit, folder);
  const fleetGit = await FleetGit.open(shared);
  const enrolment = await Enrolment.open(shared);
  const recordings = await Recordings.open(shared);
  const images = await openImages(options, telemetryGit.store);
  const { store, source: reports } = telemetryGit;
  const agents = await Agents.open(shared);
  const bundles = new BundleMaker({ ...shared, images, agents, reports, tip: ref => store.tip(ref) });
  const port = new DevicePort({
    ...services,
    hasLeft: device => telemetryGit.departures.has(device),
    waitingDevice: key => enrolment.desk.waitingDevice(key),
    limits: settings.limits,
    requestTimeoutMs: settings.limits.requestTimeoutMs,
  });
  const hints = new Hints(services.bus);
  const telemetryHints = new TelemetryHints(telemetryGit.store, services.clock);
  const behind: readonly Part[] = images === undefined ? [] : [images];
  const parts: Part[] = [telemetryGit, fleetGit, enrolment, recordings, port, hints, telemetryHints, agents];
  for (const part of [...parts, ...behind]) part.mount?.(port);
  const kept = [telemetryGit, recordings, fleetGit, enrolment, agents, ...behind];
  return {
    telemetryGit,
    fleetGit,
    enrolment,
    recordings,
    images,
    agents,
    bundles,
    kept,
    port,
    hints,
    telemetryHints,
  };
}

/** Without registries nothing of it is loaded. */
async function openImages(
  { settings, ...services }: DevicePartsOptions,
  telemetry: TelemetryStore,
): Promise<Images | undefined> {
  const { registries } = settings;
  if (registries === undefined) return undefined;
  const { Images } = await import('./registry/images.ts');
  return await Images.open({ ...settings, ...services, registries, telemetry });
}
