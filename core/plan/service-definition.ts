/** What makes a container another one when it changes, taken apart so that a change has a name. */

import { canonicalHash, canonicalJson } from '../canonical-json.ts';
import { asList, asObject, asText } from '../compose/value/json-access.ts';
import type { Json, JsonObject } from '../compose/value/model.ts';
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
const maps = new Set([
  'environment',
  'labels',
  'sysctls',
  'ulimits',
  'annotations',
  'networks',
  'storage_opt',
]);

export interface ServiceDefinition {
  /** Our hash: it decides whether a container is the one that is wanted. */
  readonly hash: string;
  /** Part → the first 8 digits of its hash; `image` is the reference itself. */
  readonly parts: Readonly<Record<string, string>>;
}

function portKey(port: Json): string {
  return canonicalJson(port);
}

function partsOfMember(key: string, value: Json, service: JsonObject): [string, unknown][] {
  if (maps.has(key)) {
    const entries = Object.entries(asObject(value)).filter(
      ([name]) => key !== 'labels' || name !== imageLabel,
    );
    return entries.map(([name, member]) => [`${key}.${name}`, member]);
  }
  if (key === 'ports' || key === 'expose') return [[key, asList(value).map(portKey).sort()]];
  if (key === 'volumes') {
    return asList(value).map(item => {
      const volume = asObject(item);
      return [`volume ${asText(volume.target) ?? ''}`, volume];
    });
  }
  if (key === 'deploy') {
    const { replicas: _replicas, ...rest } = asObject(service.deploy);
    return [['deploy', rest]];
  }
  return [[key, value]];
}

/** The image with its tag, which people read, and its digest. */
function namedImage(service: JsonObject): string {
  const image = asText(service.image) ?? '';
  const named = asText(asObject(service.labels)[imageLabel]);
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
  for (const key of Object.keys(asObject(definition.networks))) {
    parts.push([`network name ${key}`, asText(asObject(project.model.networks?.[key]).name) ?? key]);
  }
  for (const item of asList(definition.volumes)) {
    const volume = asObject(item);
    const source = asText(volume.source);
    if (volume.type !== 'volume' || source === undefined) continue;
    parts.push([`volume name ${source}`, asText(asObject(project.model.volumes?.[source]).name) ?? source]);
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
export function resourceHash(definition: Json | undefined): string {
  return canonicalHash(asObject(definition));
}
