/** What is: one snapshot of the engine by label; and the tunnel, apart. The output of `agent/runtime`, an input of `plan`. */
import type { DesiredTunnel } from '../fleet/tunnel.ts';

export type ContainerState = 'created' | 'running' | 'paused' | 'restarting' | 'removing' | 'exited' | 'dead';

export type HealthWord = 'starting' | 'healthy' | 'unhealthy';

/** A port of the host that a container holds or wants. `hostIp` '' is every address. */
export interface HostPort {
  readonly hostIp: string;
  readonly port: number;
  readonly protocol: string;
}

/** What `docker update` can change, as the engine reports it; 0 and '' mean unset. */
export interface ContainerLimits {
  readonly memory: number;
  readonly memoryReservation: number;
  readonly memorySwap: number;
  readonly nanoCpus: number;
  readonly cpuShares: number;
  readonly cpuPeriod: number;
  readonly cpuQuota: number;
  readonly cpusetCpus: string;
  readonly pidsLimit: number;
  readonly blkioWeight: number;
  readonly restartPolicy: string;
  readonly restartRetries: number;
}

/** What only an inspection tells. */
export interface ContainerInspection {
  readonly limits: ContainerLimits;
  readonly pidMode: string;
  readonly ipcMode: string;
  readonly volumesFrom: readonly string[];
  readonly restartCount: number;
  /** Milliseconds since the epoch; 0: never. */
  readonly startedAtMs: number;
}

export interface AttachedNetwork {
  readonly name: string;
  readonly id: string;
}

/** What a container of docker compose is compared with, as one definition of a service has it. */
export interface MadeCompared {
  /** What is otherwise, in words; none: it may stay as it is. */
  readonly differs: readonly string[];
  /** Why it can neither stay nor be made anew. */
  readonly refusal?: string | undefined;
}

/** A container that bears our label with this device's id, or one of docker compose's that an app takes over. */
export interface ObservedContainer {
  readonly id: string;
  readonly name: string;
  readonly project: string;
  readonly service: string;
  readonly number: number;
  /** Our hash of the service's definition when it was made. */
  readonly hash: string;
  /** The parts of that definition by name, each hashed: they give a change its reason. */
  readonly parts: Readonly<Record<string, string>>;
  readonly image: string;
  readonly imageId: string;
  readonly state: ContainerState;
  readonly exitCode: number | undefined;
  readonly health: HealthWord | undefined;
  /** The engine's sentence, such as "Exited (1) 3 minutes ago". */
  readonly status: string;
  readonly createdMs: number;
  readonly networkMode: string;
  readonly networks: readonly AttachedNetwork[];
  readonly ports: readonly HostPort[];
  /** Paths of the host, and names of volumes; absent where nobody has looked. */
  readonly mounts?: {
    readonly paths: readonly string[];
    readonly volumes: readonly string[];
    /** Whether it has volumes without a name, or keeps those of its predecessors: they go from container to container. */
    readonly holdsAnonymous?: boolean;
  };
  readonly inspection: ContainerInspection | undefined;
  /** Hash of a definition → how it compares with it. Absent: we have made it. */
  readonly adopted?: ReadonlyMap<string, MadeCompared>;
}

/** Whose a container is by the labels of docker compose, where it bears none of ours. */
export interface ComposeMark {
  readonly project: string;
  readonly service: string;
  readonly number: number;
  /** Of `docker compose run`. */
  readonly oneOff: boolean;
}

export function isUp({ state }: ObservedContainer): boolean {
  return state === 'running' || state === 'paused' || state === 'restarting';
}

/** A container of somebody else, of which only what it takes matters. */
export interface ForeignContainer {
  readonly id: string;
  readonly name: string;
  readonly ports: readonly HostPort[];
  readonly networks: readonly AttachedNetwork[];
  /** Names of the volumes that it has mounted. */
  readonly volumes: readonly string[];
  readonly compose?: ComposeMark | undefined;
}

/** What the engine was told when a network or volume was made; undefined where nobody has looked: what its file says. */
export interface MadeOf {
  readonly driver: string;
  readonly options: Readonly<Record<string, string>>;
}

export interface ObservedNetwork {
  readonly id: string;
  readonly name: string;
  readonly made: MadeOf | undefined;
  /** Project and key of the model, where it bears our label with this device's id. */
  readonly owner: { readonly project: string; readonly key: string; readonly hash: string } | undefined;
  /** Whose it is by the labels of docker compose, where it bears none of ours. */
  readonly compose?: { readonly project: string; readonly key: string } | undefined;
}

/** A volume as a file asks for it, to be compared with another. */
export interface VolumeForm extends MadeOf {
  readonly labels: Readonly<Record<string, string>>;
}

export interface ObservedVolume {
  readonly name: string;
  readonly made: MadeOf | undefined;
  /** What it was made as; undefined where nobody knows. */
  readonly form?: VolumeForm | undefined;
  readonly owner: { readonly project: string; readonly key: string; readonly hash: string } | undefined;
}

/** The tunnel as it is. */
export interface TunnelSnapshot {
  readonly state: 'open' | 'closed' | 'connecting';
  readonly desired: DesiredTunnel | undefined;
  readonly untilMs: number | undefined;
}

/** What a release may require of a device; what is not known is absent. */
export interface Capability {
  readonly agent?: string | undefined;
  readonly engine?: string | undefined;
  /** As core/images/platform.ts writes it, such as "linux/arm64". */
  readonly platform?: string | undefined;
  /** Bytes of the machine. */
  readonly memory?: number | undefined;
  /** Bytes that are free where the engine keeps images. */
  readonly diskFree?: number | undefined;
}

/** A volume that a restore of this device has made beside one of an app. */
export interface BesideVolume {
  readonly name: string;
  readonly project: string;
  readonly key: string;
  /** `fresh`: what is to come; `aside-<when>`: what was there. */
  readonly what: string;
}

export interface ObservedState {
  readonly engineVersion: string;
  readonly capability?: Capability;
  readonly containers: readonly ObservedContainer[];
  readonly foreign: readonly ForeignContainer[];
  readonly networks: readonly ObservedNetwork[];
  /** But those of `beside`. */
  readonly volumes: readonly ObservedVolume[];
  /** Absent: none. */
  readonly beside?: readonly BesideVolume[];
  /** Every name of an image on this engine (tag or digest) → its id. */
  readonly images: ReadonlyMap<string, string>;
  /** Project → file trees that are on the disk, by hash. */
  readonly trees: ReadonlyMap<string, ReadonlySet<string>>;
  /** Projects whose lock file is there. */
  readonly locked: ReadonlySet<string>;
  /** Projects of docker compose that apps may take over on this device. Absent: none. */
  readonly adopting?: ReadonlySet<string>;
}
