/** What makes a container another one when it changes, taken apart so that a change has a name. */

import { canonicalHash, canonicalJson } from '../canonical-json.ts';
import type { Json, JsonObject, ServiceModel } from '../compose/value/model.ts';
import { imageLabel } from '../desired/images.ts';
import { seccompProfiles } from '../desired/seccomp-profiles.ts';
import type { DesiredProject } from '../desired/state.ts';
import { fileMounts } from './project-files.ts';
import { secretEnvironment } from './secret-environment.ts';

/** Members of a service that do not change its container. */
const ignored = new Set([
  'build',
  'depends_on',
  'develop',
  'pull_policy',
  'profiles',
  'scale',
  'env_file',
  'label_file',
  'post_start',
  'pre_stop',
  'attach',
]);

/** Members that are maps: each key is a part of its own. */
const maps = [
  'environment',
  'labels',
  'sysctls',
  'ulimits',
  'annotations',
  'networks',
  'storage_opt',
] as const;

export interface ServiceDefinition {
  /** Our hash: it decides whether a container is the one that is wanted. */
  readonly hash: string;
  /** Part → the first 8 digits of its hash; `image` is the reference itself. */
  readonly parts: Readonly<Record<string, string>>;
}

function partsOfMember(key: string, value: Json, service: ServiceModel): [string, unknown][] {
  const map = maps.find(one => one === key);
  if (map !== undefined) {
    const entries = Object.entries(service[map] ?? {}).filter(
      ([name]) => key !== 'labels' || name !== imageLabel,
    );
    return entries.map(([name, member]) => [`${key}.${name}`, member]);
  }
  if (key === 'ports' || key === 'expose') {
    return [[key, (service[key] ?? []).map(port => canonicalJson(port)).sort()]];
  }
  if (key === 'volumes') {
    return (service.volumes ?? []).map(volume => [`volume ${volume.target ?? ''}`, volume]);
  }
  if (key === 'deploy') {
    const { replicas: _replicas, ...rest } = service.deploy ?? {};
    return [['deploy', rest]];
  }
  return [[key, value]];
}

/** The image with its tag, which people read, and its digest. */
function namedImage({ image = '', labels }: ServiceModel): string {
  const named = labels?.[imageLabel];
  const digest = image.split('@')[1];
  return named === undefined || digest === undefined ? image : `${named}@${digest}`;
}

/** The definition of one service with the content of the files it sees and the real names of what it refers to. */
export function serviceDefinition(project: DesiredProject, service: string): ServiceDefinition {
  const definition = project.model.services[service] ?? {};
  const parts: [string, unknown][] = [];
  for (const [key, value] of Object.entries(definition)) {
    if (ignored.has(key) || key.startsWith('x-') || value === null) continue;
    parts.push(...partsOfMember(key, value, definition));
  }
  for (const name of secretEnvironment(project, service)) {
    parts.push([`secret ${name}`, project.secrets?.variables.get(name)?.fingerprint]);
  }
  for (const mount of fileMounts(project, service)) {
    if (mount.source.kind === 'tree') parts.push([mount.label, mount.source.tree.hash]);
  }
  for (const key of Object.keys(definition.networks ?? {})) {
    parts.push([`network name ${key}`, project.model.networks?.[key]?.name ?? key]);
  }
  for (const { type, source } of definition.volumes ?? []) {
    if (type !== 'volume' || source === undefined) continue;
    parts.push([`volume name ${source}`, project.model.volumes?.[source]?.name ?? source]);
  }
  for (const [option, profile] of seccompProfiles(project, service)) parts.push([option, profile]);
  parts.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  const image = namedImage(definition);
  const short = parts.map(([name, value]): [string, string] =>
    name === 'image' ? [name, image] : [name, canonicalHash(value).slice(0, 8)],
  );
  return { hash: canonicalHash(parts), parts: Object.fromEntries(short) };
}

/** Hash of a network's or volume's definition. */
export function resourceHash(definition: JsonObject | null | undefined): string {
  return canonicalHash(definition ?? {});
}
