/**
 * What Docker's own driver would have said of a container beside its lines, as fields that all of its records share:
 * `docker.driver`, `docker.tag` (expanded), `docker.container_id`, `docker.container_name`, `docker.image_id`, `docker.image_name`,
 * `docker.command`, `docker.created`, each `docker.<driver>-<option>`; labels and variables of `labels` and `env` under their own
 * names, as the drivers have them.
 */
import { collectedDriver, expandedTag, type TagFacts } from '../../compose/value/collected-log.ts';
import type { ServiceModel } from '../../compose/value/model.ts';
import type { Fields } from '../record/record.ts';

/** As the engine's inspection has it. */
export interface LoggedContainer extends TagFacts {
  /** `NAME=value`, those of the image too. */
  readonly environment: readonly string[];
  readonly command: readonly string[];
  /** RFC 3339. */
  readonly created: string;
}

const mostNamed = 32;
const longestValue = 1024;
const longestName = 255;

/** @param secretNames variables of the service that hold a secret: they leave the device by no name */
export function driverFields(
  service: Pick<ServiceModel, 'logging'>,
  container: LoggedContainer,
  secretNames: readonly string[],
): Fields {
  const driver = collectedDriver(service);
  if (driver === undefined) return {};
  const { tag, labels, env, ...options } = service.logging?.options ?? {};
  const fields: Record<string, string> = {};
  const add = (name: string, value: string | undefined): void => {
    if (value === undefined || name === '' || name.length > longestName || name === '__proto__') return;
    fields[name] = value.slice(0, longestValue).toWellFormed();
  };
  for (const name of listed(labels)) add(name, container.labels[name]);
  const variables = new Map(container.environment.map(line => splitAt(line, line.indexOf('='))));
  for (const name of listed(env)) if (!secretNames.includes(name)) add(name, variables.get(name));
  for (const [name, value] of Object.entries(options)) {
    if (name.startsWith(`${driver}-`) && name !== `${driver}-address`) add(`docker.${name}`, value);
  }
  add('docker.driver', driver);
  add('docker.tag', expandedTag(tag, container));
  add('docker.container_id', container.id);
  add('docker.container_name', container.name);
  add('docker.image_id', container.imageId);
  add('docker.image_name', container.imageName);
  add('docker.command', container.command.join(' '));
  add('docker.created', container.created);
  return fields;
}

function listed(names: string | undefined): string[] {
  return (names ?? '')
    .split(',')
    .map(name => name.trim())
    .slice(0, mostNamed);
}

function splitAt(text: string, at: number): readonly [string, string] {
  return at === -1 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)];
}
