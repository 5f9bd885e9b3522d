/** What one device should be, as one commit says it: the output of `core/desired`, the input of `core/plan`. */
import type { EngineAllowance, ReleaseFile, Requires } from '../../schemas/types.generated.ts';
import type { DeviceAccess } from '../access/device-access.ts';
import type { BackupSettings } from '../backup/settings.ts';
import type { ComposeModel } from '../compose/value/model.ts';
import type { Egress } from '../egress/egress.ts';
import type { Problem } from '../errors.ts';
import type { DeviceStore } from '../fleet/backup-stores.ts';
import type { GatewayAddress } from '../fleet/gateway-address.ts';
import type { Provenance } from '../fleet/merge.ts';
import type { RetiredApps } from '../fleet/retired.ts';
import type { DesiredTunnel } from '../fleet/tunnel.ts';
import type { Standing } from '../rollout/standing.ts';
import type { LogPlan } from '../telemetry/lines/log-settings.ts';
import type { AppEndpoint } from '../telemetry/settings/app-endpoint.ts';
import type { MetricsSettings } from '../telemetry/settings/metrics-settings.ts';
import type { ObjectId } from '../trust/git/object-source.ts';
import type { DesiredAgent } from './agent.ts';

/** A file of `apps/<app>/` that the project's containers may see: config files, bind-mounted files, env files. */
export interface ProjectFile {
  /** git's mode: 0o100644 or 0o100755. */
  readonly mode: number;
  readonly bytes: Uint8Array;
  /** SHA-256 of the bytes, hexadecimal. */
  readonly sha256: string;
}

/** How a project is updated; defaults already applied. */
export interface UpdateSettings {
  readonly strategy: 'recreate' | 'stop-first' | 'handover' | 'rolling';
  /** With `handover` and `rolling`: services that are replaced so, the others as with `recreate`. Absent: see `gaplessServices`. */
  readonly services?: readonly string[];
  readonly healthTimeoutMs: number;
  readonly stablePeriodMs: number;
  readonly lockFile?: string;
}

/** The folder in which every model is computed; the device maps it to where it puts the project's files. */
export const projectDirectory = '/project';

/** A secret variable that a project uses, unopened. */
export interface SecretReference {
  /** From the root of the repository. */
  readonly file: string;
  /** SHA-256 of its sealed form, hexadecimal: it says that the secret changed, never what. */
  readonly fingerprint: string;
}

/** Secrets of a project: what they hold is known on the device alone, and only while it applies. */
export interface DesiredSecrets {
  readonly variables: ReadonlyMap<string, SecretReference>;
  /** SOPS files by path from the root of the repository, as they stand there. */
  readonly files: ReadonlyMap<string, ProjectFile>;
}

/** What a release asks of a device, and of the people who give it to one. */
export interface Requirements {
  readonly breaking?: string;
  readonly migration?: 'one-way';
  readonly requires: NonNullable<ReleaseFile['requires']>;
  /** Service → what its image takes on each platform; of a service without, nobody knows. */
  readonly images: Readonly<Record<string, NonNullable<ReleaseFile['images'][string]['platforms']>>>;
}

/** A store that backups are copied to, and what opens it: a password and an identity, sealed to the device. */
export interface DesiredStore extends DeviceStore {
  readonly sealed: ProjectFile & { readonly path: string };
}

/** A restore that the device's file asks for. */
export interface DesiredRestore {
  /** Id of the backup. */
  readonly backup: string;
  /** Release that it is of, as the file says; absent: nobody has said. */
  readonly release?: string;
  /** The app may read data of another release. */
  readonly migrate: boolean;
}

export interface DesiredProject extends Standing {
  readonly app: string;
  /** Compose project name on this engine: the agent's prefix and the app's name. */
  readonly name: string;
  readonly release: string | undefined;
  /** Normalised model with images pinned to `repository@sha256:…` (tag kept in the label) and paths below `/project`. */
  readonly model: ComposeModel;
  /** Path relative to `apps/<app>/` → file. Only what the model refers to. */
  readonly files: ReadonlyMap<string, ProjectFile>;
  /** Absent: it uses none. */
  readonly secrets?: DesiredSecrets;
  /** `sha256:…` over model, files, sealed secrets, update settings and `retry`: the identity of this desired state. */
  readonly digest: string;
  readonly update: UpdateSettings;
  readonly paused: boolean;
  /** Keys of volumes that are made anew, with the loss of what they hold, when their definition changes. Absent: none. */
  readonly disposableVolumes?: readonly string[];
  /** It takes over what docker compose has made of the project of its name. Absent: it does not. */
  readonly adopt?: true;
  /** How its containers' logs are read. Not part of the digest: it changes no container. Absent: as `logSettingsOf` has it. */
  readonly logs?: LogPlan;
  /** No part of the digest, and not kept with a last good state: it was judged when it came. Absent: none. */
  readonly requirements?: Requirements;
  /** What of its data is kept before it changes. No part of the digest. Absent: nothing. */
  readonly backup?: BackupSettings;
  /** Data that is to be put back, once. No part of the digest. Absent: none. */
  readonly restore?: DesiredRestore;
  /** Endpoints of its containers that are scraped. No part of the digest. Absent: none. */
  readonly metrics?: readonly AppEndpoint[];
  /** What its networks may reach, for `towline firewall`. No part of the digest but for names of bridges. Absent: nothing. */
  readonly egress?: Egress;
}

/** A release whose images are to be on the disk before anybody switches to it: nothing that runs knows of it. */
export interface DesiredNext {
  readonly app: string;
  /** As `name` of the app's project. */
  readonly project: string;
  readonly release: string;
  /** What the app would be, without files and secrets: only its images are used. Absent: see `problems`. */
  readonly would?: DesiredProject;
  /** Why it is not downloaded. None of them keeps anything else from being applied. */
  readonly problems: readonly Problem[];
}

export interface MaintenanceWindow {
  /** Absent: what runs may be changed, and images may come. */
  readonly kind?: 'download';
  readonly start: string;
  readonly durationMs: number;
  readonly timeZone: string;
}

/** How images come to the device. */
export interface ImageSettings {
  /** Registries whose released images come through the gateway. */
  readonly throughGateway: readonly string[];
  /** Bytes in a second; undefined: as many as there are. */
  readonly maxRateBytes: number | undefined;
}

export interface DeviceSettings {
  readonly pollSchedule: string;
  readonly pollJitterMs: number;
  readonly telemetrySchedule: string;
  readonly telemetryMaxBytesPerDay: number;
  readonly telemetryMaxOutboxBytes: number;
  readonly telemetryLogs: boolean;
  readonly metrics: MetricsSettings;
  /** The oldest versions that are good enough. */
  readonly requires: Requires;
  /** Absent: all images come from where they are. */
  readonly images?: ImageSettings;
  readonly freshnessMaxAgeMs: number | undefined;
  /** Instead, where what is trusted came by a bundle and no gateway was reached since; absent: no other. */
  readonly freshnessOfflineMaxAgeMs?: number;
  readonly paused: boolean;
  readonly windows: readonly MaintenanceWindow[];
  /** Over which what comes ahead is spread. Absent: it begins at once. */
  readonly downloadJitterMs?: number;
}

/** How people come in. */
export type DesiredWayIn = Pick<DesiredState, 'tunnel' | 'access'>;

export interface DesiredState {
  readonly fleet: string;
  readonly device: string;
  readonly commit: ObjectId;
  readonly projects: readonly DesiredProject[];
  /** One at most for each app. Absent: none. */
  readonly next?: readonly DesiredNext[];
  /** The device leaves the fleet: it has no projects, and this becomes of those that are there. */
  readonly retired?: RetiredApps;
  readonly tunnel: DesiredTunnel;
  /** Who may do what here, where the tunnel is open. An end that its tunnel does not give is known to who opens it. */
  readonly access?: DeviceAccess;
  readonly settings: DeviceSettings;
  /** What Compose files may ask of the engine; absent: nothing. */
  readonly engine?: EngineAllowance;
  readonly gateways: readonly GatewayAddress[];
  readonly provenance: Provenance;
  /** Stores that its projects copy backups to, sorted by name. Absent: none does. */
  readonly backupStores?: readonly DesiredStore[];
  /** Which agent runs here. Absent: nobody but its packages says. */
  readonly agent?: DesiredAgent;
  /** SOPS file with logins of private registries. */
  readonly registryCredentials?: ProjectFile & { readonly path: string };
}
