/** Containers of the engine's list → ours and those of others. */
import { label } from '../../../core/plan/container/labels.ts';
import type {
  AttachedNetwork,
  ComposeMark,
  ContainerInspection,
  ContainerState,
  ForeignContainer,
  HealthWord,
  HostPort,
  ObservedContainer,
} from '../../../core/plan/observed.ts';
import type { ContainerSummary } from './engine-answers.ts';
import { networkModeOf } from './network-mode.ts';

const states: readonly ContainerState[] = [
  'created',
  'running',
  'paused',
  'restarting',
  'removing',
  'exited',
  'dead',
];

function health(status: string): HealthWord | undefined {
  if (status.includes('(healthy)')) return 'healthy';
  if (status.includes('(unhealthy)')) return 'unhealthy';
  return status.includes('(health: starting)') ? 'starting' : undefined;
}

function exitCode(status: string): number | undefined {
  const match = /^(?:Exited|Restarting) \((\d+)\)/.exec(status);
  return match === null ? undefined : Number(match[1]);
}

function parts(text: string | undefined): Record<string, string> {
  try {
    const value: unknown = JSON.parse(text ?? '{}');
    if (typeof value !== 'object' || value === null) return {};
    return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, String(part)]));
  } catch {
    return {};
  }
}

function ports(summary: ContainerSummary): HostPort[] {
  return (summary.Ports ?? []).flatMap(({ IP, PublicPort, Type }) =>
    typeof PublicPort !== 'number' ? [] : [{ hostIp: IP ?? '', port: PublicPort, protocol: Type }],
  );
}

function networks(summary: ContainerSummary): AttachedNetwork[] {
  return Object.entries(summary.NetworkSettings.Networks ?? {})
    .map(([name, attached]) => ({ name, id: attached?.NetworkID ?? '' }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

function volumes({ Mounts }: ContainerSummary): string[] {
  return (Mounts ?? []).flatMap(({ Type, Name }) => (Type === 'volume' && Name !== undefined ? [Name] : []));
}

function mounts(summary: ContainerSummary) {
  const all = summary.Mounts ?? [];
  const names = volumes(summary);
  return {
    paths: all.flatMap(({ Type, Source }) => (Type === 'bind' && Source !== undefined ? [Source] : [])),
    volumes: names,
    holdsAnonymous: names.some(isAnonymous) || (summary.Labels?.[label.volumes] ?? '{}') !== '{}',
  };
}

/** A volume that the engine has named itself. */
export const isAnonymous = (volume: string): boolean => /^[0-9a-f]{64}$/.test(volume);

/** A container's own name: links of others stand in the list too, with a second slash. */
export function ownName(summary: ContainerSummary): string {
  const own = summary.Names.find(name => name.lastIndexOf('/') === 0) ?? summary.Names[0] ?? '';
  return own.replace(/^\//, '');
}

/** Whether the container bears our label with this device's id. */
export function isOurs(labels: Readonly<Record<string, string>> | null, device: string): boolean {
  return labels?.[label.device] === device && labels[label.project] !== undefined;
}

/** Whether this device's agent reads or writes volumes in it: nobody's service, and in nobody's way. */
export function isHelper(labels: Readonly<Record<string, string>> | null, device: string): boolean {
  return labels?.[label.device] === device && labels[label.helper] !== undefined;
}

export function observedContainer(
  summary: ContainerSummary,
  inspection: ContainerInspection | undefined,
): ObservedContainer {
  const labels = summary.Labels ?? {};
  return {
    id: summary.Id,
    name: ownName(summary),
    project: labels[label.project] ?? '',
    service: labels[label.service] ?? '',
    number: Number(labels[label.number] ?? 1) || 1,
    hash: labels[label.hash] ?? '',
    parts: parts(labels[label.parts]),
    image: summary.Image,
    imageId: summary.ImageID,
    state: states.find(state => state === summary.State) ?? 'dead',
    exitCode: exitCode(summary.Status),
    health: health(summary.Status),
    status: summary.Status,
    createdMs: summary.Created * 1000,
    networkMode: networkModeOf(summary),
    networks: networks(summary),
    ports: ports(summary),
    mounts: mounts(summary),
    inspection,
  };
}

export function foreignContainer(summary: ContainerSummary): ForeignContainer {
  return {
    id: summary.Id,
    name: ownName(summary),
    ports: ports(summary),
    networks: networks(summary),
    volumes: volumes(summary),
    compose: composeMark(summary.Labels),
  };
}

/** Undefined where another device, or another Towline, has made it, whoever started it. */
export function composeMark(labels: ContainerSummary['Labels']): ComposeMark | undefined {
  const of = (key: string) => labels?.[`com.docker.compose.${key}`];
  const [project, service] = [of('project'), of('service')];
  if (project === undefined || service === undefined || labels?.[label.device] !== undefined)
    return undefined;
  const counted = of('container-number') ?? '1';
  // Whoever may start a container may write what they like there: 0 is none of the service's.
  const number = /^[1-9]\d{0,5}$/.test(counted) ? Number(counted) : 0;
  return { project, service, number, oneOff: of('oneoff')?.toLowerCase() === 'true' };
}
