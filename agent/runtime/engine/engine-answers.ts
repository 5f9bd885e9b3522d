/**
 * The members of the engine's answers that are read (Engine API 1.41 and later), and their forms: an engine that is
 * another program, or that somebody else holds, does not decide what our code falls over.
 */
import {
  anything,
  dictionary,
  list,
  members,
  nullable,
  number,
  optional,
  type Shape,
  text,
  truth,
} from './answer-shape.ts';
import { type CheckRun, checkRun } from './check-run.ts';

export interface ContainerSummary {
  readonly Id: string;
  readonly Names: readonly string[];
  readonly Image: string;
  readonly ImageID: string;
  readonly Created: number;
  readonly State: string;
  readonly Status: string;
  readonly Labels: Readonly<Record<string, string>> | null;
  readonly Ports:
    | readonly {
        readonly IP?: undefined | string;
        readonly PublicPort?: undefined | number;
        readonly Type: string;
      }[]
    | null;
  readonly Mounts?:
    | undefined
    | readonly {
        readonly Type: string;
        readonly Name?: undefined | string;
        readonly Source?: undefined | string;
      }[]
    | null;
  /** Not in the lists of Podman. */
  readonly HostConfig?: undefined | { readonly NetworkMode: string };
  readonly NetworkSettings: {
    readonly Networks: Readonly<Record<string, { readonly NetworkID: string } | null>> | null;
  };
}

export interface ContainerDetails {
  readonly Id: string;
  readonly Config?: undefined | { readonly Labels?: undefined | Readonly<Record<string, string>> | null };
  readonly RestartCount: number;
  readonly State: {
    readonly Status: string;
    readonly Running: boolean;
    readonly ExitCode: number;
    readonly StartedAt: string;
    readonly Error?: undefined | string;
    readonly OOMKilled?: undefined | boolean;
    readonly Health?:
      | undefined
      | {
          readonly Status: string;
          readonly Log?: undefined | readonly CheckRun[] | null;
        };
  };
  readonly HostConfig: {
    readonly Memory?: undefined | number;
    readonly MemoryReservation?: undefined | number;
    readonly MemorySwap?: undefined | number;
    readonly NanoCpus?: undefined | number;
    readonly CpuShares?: undefined | number;
    readonly CpuPeriod?: undefined | number;
    readonly CpuQuota?: undefined | number;
    readonly CpusetCpus?: undefined | string;
    readonly PidsLimit?: undefined | number | null;
    readonly BlkioWeight?: undefined | number;
    readonly PidMode?: undefined | string;
    readonly IpcMode?: undefined | string;
    readonly VolumesFrom?: undefined | readonly string[] | null;
    readonly PortBindings?:
      | undefined
      | Readonly<
          Record<
            string,
            readonly { readonly HostIp?: undefined | string; readonly HostPort?: undefined | string }[] | null
          >
        >
      | null;
    readonly RestartPolicy?:
      | undefined
      | { readonly Name?: undefined | string; readonly MaximumRetryCount?: undefined | number };
  };
  readonly Mounts?:
    | undefined
    | readonly {
        readonly Type: string;
        readonly Name?: undefined | string;
        readonly Destination: string;
      }[];
}

export interface NetworkSummary {
  readonly Id: string;
  readonly Name: string;
  readonly Driver: string;
  readonly Options?: undefined | Readonly<Record<string, string>> | null;
  readonly Labels: Readonly<Record<string, string>> | null;
}

export interface VolumeSummary {
  readonly Name: string;
  readonly Driver: string;
  readonly Options?: undefined | Readonly<Record<string, string>> | null;
  readonly Labels: Readonly<Record<string, string>> | null;
}

export interface ImageDetails {
  readonly Id: string;
  readonly Config?:
    | undefined
    | { readonly Volumes?: undefined | Readonly<Record<string, unknown>> | null }
    | null;
}

export interface ImageSummary {
  readonly Id: string;
  readonly RepoTags: readonly string[] | null;
  readonly RepoDigests: readonly string[] | null;
  readonly Size: number;
  readonly Created: number;
}

const labels = nullable(dictionary(text));
const options = optional(nullable(dictionary(text)));

export const containerSummaries: Shape<readonly ContainerSummary[]> = list(
  members<ContainerSummary>({
    Id: text,
    Names: list(text),
    Image: text,
    ImageID: text,
    Created: number,
    State: text,
    Status: text,
    Labels: labels,
    Ports: nullable(list(members({ IP: optional(text), PublicPort: optional(number), Type: text }))),
    Mounts: optional(nullable(list(members({ Type: text, Name: optional(text), Source: optional(text) })))),
    HostConfig: optional(members({ NetworkMode: text })),
    NetworkSettings: members({ Networks: nullable(dictionary(nullable(members({ NetworkID: text })))) }),
  }),
);

const binding = members({ HostIp: optional(text), HostPort: optional(text) });

export const containerDetails: Shape<ContainerDetails> = members<ContainerDetails>({
  Id: text,
  Config: optional(members({ Labels: optional(labels) })),
  RestartCount: number,
  State: members({
    Status: text,
    Running: truth,
    ExitCode: number,
    StartedAt: text,
    Error: optional(text),
    OOMKilled: optional(truth),
    Health: optional(
      members({
        Status: text,
        Log: optional(nullable(list(checkRun))),
      }),
    ),
  }),
  HostConfig: members({
    Memory: optional(number),
    MemoryReservation: optional(number),
    MemorySwap: optional(number),
    NanoCpus: optional(number),
    CpuShares: optional(number),
    CpuPeriod: optional(number),
    CpuQuota: optional(number),
    CpusetCpus: optional(text),
    PidsLimit: optional(nullable(number)),
    BlkioWeight: optional(number),
    PidMode: optional(text),
    IpcMode: optional(text),
    VolumesFrom: optional(nullable(list(text))),
    PortBindings: optional(nullable(dictionary(nullable(list(binding))))),
    RestartPolicy: optional(members({ Name: optional(text), MaximumRetryCount: optional(number) })),
  }),
  Mounts: optional(list(members({ Type: text, Name: optional(text), Destination: text }))),
});

export const networkSummaries: Shape<readonly NetworkSummary[]> = list(
  members<NetworkSummary>({ Id: text, Name: text, Driver: text, Options: options, Labels: labels }),
);

const volumeMembers = { Name: text, Driver: text, Options: options, Labels: labels };
export const volumeDetails = members<VolumeSummary>(volumeMembers);

export const volumeList = members({ Volumes: nullable(list(volumeDetails)) });

export const imageDetails: Shape<ImageDetails> = members<ImageDetails>({
  Id: text,
  Config: optional(nullable(members({ Volumes: optional(nullable(dictionary(anything))) }))),
});

export const imageSummaries: Shape<readonly ImageSummary[]> = list(
  members<ImageSummary>({
    Id: text,
    RepoTags: nullable(list(text)),
    RepoDigests: nullable(list(text)),
    Size: number,
    Created: number,
  }),
);

export const made = members({ Id: text });
