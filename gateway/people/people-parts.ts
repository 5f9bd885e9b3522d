/** What answers people: their port, the tunnels through which they reach devices, and the ports of devices. */
import type { Logger } from 'pino';
import type { Clock } from '../../core/io/clock.ts';
import { DeviceLogin } from '../access/device-login.ts';
import { DevicePorts } from '../access/device-ports.ts';
import type { Audit } from '../admission/audit.ts';
import type { Agents } from '../agents/agents.ts';
import type { BundleMaker } from '../bundles/bundle-maker.ts';
import type { Bus } from '../bus/bus.ts';
import type { Certificates } from '../certificates/certificates.ts';
import type { OidcSettings } from '../certificates/oidc-settings.ts';
import { Bell } from '../device-port/bell.ts';
import type { DevicePort } from '../device-port/device-port.ts';
import type { Hints } from '../device-port/hints.ts';
import type { FleetViewHolder } from '../fleet/fleet-view-holder.ts';
import type { GitRunner } from '../git/git-runner.ts';
import type { GuestDesk } from '../guests/guest-desk.ts';
import type { PlainRoute } from '../plain-port/plain-route.ts';
import type { RecordingStore } from '../recordings/recording-store.ts';
import type { TelemetryHints } from '../telemetry-hints/telemetry-hints.ts';
import { TunnelRegistry } from '../tunnel/tunnel-registry.ts';
import { type FleetHookOptions, writeFleetHook } from '../upstream/fleet-hook.ts';
import type { CarriedTelemetry } from './carried-telemetry.ts';
import { type PeopleGit, SpawnedPeopleGit } from './people-git.ts';
import { createPeopleServer, type PeopleServer } from './people-port.ts';

interface PeopleSettings extends FleetHookOptions {
  readonly telemetryGit: string;
  readonly accessKeyFile: string | undefined;
  readonly oidc: OidcSettings | undefined;
  readonly listen: { readonly people: { readonly host: string; readonly port: number } };
}

export interface PeoplePartsOptions {
  readonly settings: PeopleSettings;
  readonly hostKeys: readonly string[];
  readonly doorCommand: readonly string[];
  /** Over which devices bring their tunnels. */
  readonly port: DevicePort;
  readonly hints: Hints;
  readonly telemetryHints: TelemetryHints;
  readonly telemetry: CarriedTelemetry;
  readonly bundles: BundleMaker;
  readonly agents: Agents;
  readonly recordings: RecordingStore;
  readonly view: FleetViewHolder;
  readonly runner: GitRunner;
  readonly bus: Bus;
  readonly audit: Audit;
  readonly log: Logger;
  readonly clock: Clock;
  /** Walks again: something was pushed. */
  readonly look: () => Promise<void>;
}

export interface PeopleParts {
  readonly people: PeopleServer;
  /** For pushes from the page, which pass what every push does. */
  readonly git: PeopleGit;
  readonly tunnels: TunnelRegistry;
  /** What lies behind it: ends after it. */
  readonly behind: readonly (TunnelRegistry | DevicePorts | Certificates | GuestDesk)[];
  /** Undefined: this gateway ends no sessions of devices. */
  readonly deviceLogin: DeviceLogin | undefined;
  /** Of the internal port: guests come there, through a proxy. */
  readonly routes: readonly PlainRoute[];
}

/** @throws TowlineError GATEWAY_LISTEN_FAILED */
export async function openPeopleParts(options: PeoplePartsOptions): Promise<PeopleParts> {
  const { settings, doorCommand, port, look, ...services } = options;
  const tunnels = new TunnelRegistry(services);
  tunnels.mount(port);
  const devicePorts = new DevicePorts({ ...services, tunnels });
  const git = new SpawnedPeopleGit({
    ...settings,
    ...services,
    fleetHook: await writeFleetHook(settings, doorCommand),
    afterPush: look,
  });
  const { accessKeyFile: keyFile } = settings;
  const deviceLogin =
    keyFile === undefined ? undefined : await DeviceLogin.open({ ...services, tunnels, keyFile });
  const listen = settings.listen.people;
  const bell = new Bell(services.hints, services.clock);
  const people = await createPeopleServer({ ...services, tunnels, git, bell, deviceLogin, listen });
  const certificates = await openCertificates(options);
  const guests = await openGuests(services, deviceLogin);
  const routes = guests.flatMap(desk => desk.routes);
  return {
    people,
    git,
    tunnels,
    behind: [tunnels, devicePorts, ...certificates, ...guests],
    deviceLogin,
    routes,
  };
}

/** A gateway that logs in at no device has none. */
async function openGuests(
  services: Pick<PeoplePartsOptions, 'view' | 'audit' | 'log' | 'clock'>,
  login: DeviceLogin | undefined,
): Promise<GuestDesk[]> {
  if (login === undefined) return [];
  const { GuestDesk } = await import('../guests/guest-desk.ts');
  return [new GuestDesk({ ...services, login })];
}

/** Where there is no provider nothing of it, nor jose, is loaded. */
async function openCertificates({
  settings,
  port,
  ...services
}: PeoplePartsOptions): Promise<Certificates[]> {
  const { oidc } = settings;
  if (oidc === undefined) return [];
  const { Certificates } = await import('../certificates/certificates.ts');
  const certificates = await Certificates.open({ ...services, oidc });
  certificates.mount(port);
  return [certificates];
}
