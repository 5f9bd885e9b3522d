/** Desired states of projects that a test writes down, without an engine. */
import { createHash } from 'node:crypto';
import type { BackupSettings } from '../../core/backup/settings.ts';
import { canonicalHash } from '../../core/canonical-json.ts';
import type {
  ConfigModel,
  NetworkModel,
  SecretModel,
  ServiceModel,
  VolumeModel,
} from '../../core/compose/value/model.ts';
import type { DesiredProject, DesiredState, ProjectFile, UpdateSettings } from '../../core/desired/state.ts';
import { metricsSettings } from '../../core/telemetry/settings/metrics-settings.ts';

export type Services = Record<string, ServiceModel>;

export interface ProjectInput {
  readonly services: Services;
  readonly networks?: Record<string, NetworkModel>;
  readonly volumes?: Record<string, VolumeModel>;
  readonly configs?: Record<string, ConfigModel>;
  readonly secrets?: Record<string, SecretModel & { content?: string }>;
  readonly files?: Record<string, string>;
  readonly update?: Partial<UpdateSettings>;
  readonly disposableVolumes?: readonly string[];
  readonly backup?: Partial<BackupSettings>;
  readonly adopt?: true;
}

const backup: BackupSettings = {
  volumes: [],
  mode: 'stop',
  beforeUpgrade: true,
  keep: { number: 3 },
  required: true,
  timeoutMs: 60_000,
  onRollback: 'keep',
};

const quick: UpdateSettings = { strategy: 'recreate', healthTimeoutMs: 20_000, stablePeriodMs: 300 };

/** A project of the canonical form; services without networks are on `default`. */
export function makeProject(name: string, input: ProjectInput): DesiredProject {
  const services = Object.fromEntries(
    Object.entries(input.services).map(([service, definition]): [string, ServiceModel] => [
      service,
      definition.network_mode === undefined && definition.networks === undefined
        ? { ...definition, networks: { default: null } }
        : definition,
    ]),
  );
  const named = <Model extends object>(resources: Record<string, Model> | undefined) =>
    Object.fromEntries(
      Object.entries(resources ?? {}).map(([key, value]) => [key, { name: `${name}_${key}`, ...value }]),
    );
  const usesDefault = Object.values(services).some(
    ({ networks }) => networks !== undefined && 'default' in networks,
  );
  const model = {
    name,
    services,
    networks: {
      ...(usesDefault ? { default: { name: `${name}_default`, ipam: {} } } : {}),
      ...named(input.networks),
    },
    volumes: named(input.volumes),
    configs: named(input.configs),
    secrets: named(input.secrets),
  };
  const files = new Map<string, ProjectFile>(
    Object.entries(input.files ?? {}).map(([file, content]) => {
      const bytes = Buffer.from(content);
      return [file, { mode: 0o100644, bytes, sha256: createHash('sha256').update(bytes).digest('hex') }];
    }),
  );
  const update = { ...quick, ...input.update };
  const { disposableVolumes, adopt } = input;
  const disposable = {
    ...(disposableVolumes === undefined ? {} : { disposableVolumes }),
    ...(adopt === undefined ? {} : { adopt }),
  };
  const identity = {
    model,
    update,
    ...disposable,
    files: [...files].map(([file, { sha256 }]) => [file, sha256]),
  };
  return {
    app: name,
    name,
    release: undefined,
    model,
    files,
    digest: `sha256:${canonicalHash(identity)}`,
    update,
    paused: false,
    ...disposable,
    ...(input.backup === undefined ? {} : { backup: { ...backup, ...input.backup } }),
  };
}

export function makeDesired(device: string, projects: readonly DesiredProject[]): DesiredState {
  return {
    fleet: 'rig',
    device,
    commit: '0'.repeat(40),
    projects,
    tunnel: { state: 'closed', maxDurationMs: 3_600_000, targets: [] },
    settings: {
      pollSchedule: '* * * * *',
      pollJitterMs: 0,
      telemetrySchedule: '* * * * *',
      telemetryMaxBytesPerDay: 0,
      telemetryMaxOutboxBytes: 0,
      telemetryLogs: false,
      metrics: metricsSettings({}),
      requires: {},
      freshnessMaxAgeMs: undefined,
      paused: false,
      windows: [],
    },
    gateways: [],
    provenance: new Map(),
  };
}
