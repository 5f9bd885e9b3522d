/** Attributes that no device honours, whatever its policy. */

import { type Path, printable } from '../value/fault.ts';
import { asObject, isGiven } from '../value/json-access.ts';
import { extensionsKey, type Json, type ServiceModel } from '../value/model.ts';
import type { Finding, ServiceView } from './finding.ts';
import { attributeVerdicts, verdictOf } from './reference-table.ts';

/** Values of otherwise refused attributes that say what an engine does anyway. */
const harmless: Readonly<Record<string, string>> = {
  'services.*.isolation': 'default',
  'services.*.deploy.mode': 'replicated',
};

/** Of one project. */
const maxContainers = 1000;

/** Each is planned, made and watched. */
export function tooManyContainers(services: Readonly<Record<string, ServiceModel>>): Finding[] {
  let containers = 0;
  for (const [name, { scale, deploy }] of Object.entries(services)) {
    containers += scale ?? deploy?.replicas ?? 1;
    if (containers <= maxContainers) continue;
    const message = `more than ${maxContainers} containers in one project`;
    return [{ path: ['services', name], code: 'COMPOSE_TOO_LARGE', message }];
  }
  return [];
}

function valueAt(root: Json | undefined, keys: readonly string[]): Json | undefined {
  let here = root;
  for (const key of keys) here = asObject(here)[key];
  return here;
}

/** The refused rows of the reference table below a section, for one of its entries. */
export function refusedRows(section: string, name: string, entry: Json): Finding[] {
  const prefix = `${section}.*.`;
  return Object.entries(attributeVerdicts).flatMap(([row, { verdict, why, code }]) => {
    if (verdict !== 'refused' || code === undefined || !row.startsWith(prefix)) return [];
    const keys = row.slice(prefix.length).split('.');
    const value = valueAt(entry, keys);
    if (!isGiven(value) || value === harmless[row]) return [];
    const path: Path = [section, name, ...keys];
    return [{ path, code, message: `\`${keys.join('.')}\` is not honoured: ${why}` }];
  });
}

/** Attributes that the reference table does not know: nobody has said what they reach. */
export function unknownAttributes(section: string, name: string, entry: Json): Finding[] {
  return Object.keys(asObject(entry))
    .filter(
      key => key !== extensionsKey && !key.startsWith('x-') && verdictOf(`${section}.*.${key}`) === undefined,
    )
    .map(key => ({
      path: [section, name, key],
      code: 'COMPOSE_UNSUPPORTED',
      message: `\`${printable(key)}\` is not known to devices`,
    }));
}

/** Values, rather than attributes, that one engine cannot honour. */
export function unsupportedValues({ name, service }: ServiceView): Finding[] {
  const findings: Finding[] = [];
  const refuse = (keys: Path, message: string) =>
    findings.push({ path: ['services', name, ...keys], code: 'COMPOSE_UNSUPPORTED', message });
  if (service.pull_policy === 'build') refuse(['pull_policy'], '`pull_policy: build`: devices do not build');
  if (!isGiven(service.image) && !isGiven(service.build)) refuse([], 'the service has no `image`');
  if (Object.hasOwn(service.networks ?? {}, extensionsKey)) {
    refuse(
      ['networks'],
      'Compose takes a network whose name begins with `x-` for an extension: give it another name',
    );
  }
  if (Object.hasOwn(service.environment ?? {}, '')) {
    const hint = 'a name without `=` that ends an env_file needs a newline behind it';
    refuse(['environment'], `a variable has no name (${hint})`);
  }
  for (const [index, { type }] of (service.volumes ?? []).entries()) {
    if (type === 'npipe' || type === 'cluster') {
      refuse(
        ['volumes', index, 'type'],
        `volumes of type \`${type}\` need ${type === 'npipe' ? 'Windows' : 'a swarm'}`,
      );
    }
  }
  return findings;
}
