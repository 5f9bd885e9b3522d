/**
 * Docker's drivers for logs that go elsewhere, with the address `towline`: the engine keeps the log itself, as json-file, and
 * Towline carries it there. No listener on the device, and nothing that stops a container while the network is away.
 */
import type { LoggingModel, ServiceModel } from './model.ts';

const drivers = ['syslog', 'gelf', 'fluentd'] as const;
export type CollectedDriver = (typeof drivers)[number];

/** What stands for an address. */
const ourAddress = 'towline';

/** @returns the driver that the file names, where its address is ours */
export function collectedDriver({ logging }: Pick<ServiceModel, 'logging'>): CollectedDriver | undefined {
  const driver = drivers.find(known => known === logging?.driver);
  return driver !== undefined && logging?.options?.[`${driver}-address`] === ourAddress ? driver : undefined;
}

/** Files of what waits to be read: an app that logs much may name more. */
const rotation = { 'max-size': '10m', 'max-file': '3' };
/** Options of json-file that the author may give; all others are of the way that the log does not take. */
const kept = ['max-size', 'max-file', 'compress', 'mode', 'max-buffer-size'];

/** What the engine is asked for instead. */
export function keptLogging({ options = {} }: LoggingModel): {
  driver: string;
  options: Record<string, string>;
} {
  const own = Object.entries(options).filter(([name]) => kept.includes(name));
  return { driver: 'json-file', options: { ...rotation, ...Object.fromEntries(own) } };
}

/** Options that become fields, see `core/telemetry/lines/driver-fields.ts`. */
const fieldOptions = ['tag', 'labels', 'env'];
/** Of the driver's way to its server, which Towline's sink has instead; taken, so that a file needs only its address changed. */
const ofTheWay: Readonly<Record<CollectedDriver, RegExp>> = {
  syslog: /^syslog-(?:address|facility|format)$/u,
  gelf: /^gelf-(?:address|compression-type|compression-level)$/u,
  fluentd:
    /^fluentd-(?:address|async|async-connect|async-reconnect-interval|buffer-limit|max-retries|request-ack|retry-wait|sub-second-precision)$/u,
};

/** @returns why an option is not taken, or undefined */
export function optionProblem(driver: CollectedDriver, name: string, value: string): string | undefined {
  if (name.endsWith('-regex')) return 'no pattern of a file runs on a device: name them one by one';
  if (![...kept, ...fieldOptions].includes(name) && !ofTheWay[driver].test(name)) {
    return 'not with the address `towline`: how the log travels is said of the sink';
  }
  if (name !== 'tag') return undefined;
  const unknown = tagParts(value).find(part => typeof part !== 'string' && !isKnown(part.action));
  return unknown === undefined ? undefined : 'a template that is not known here';
}

/** What a tag can name of a container (moby, daemon/logger/loginfo.go). */
export interface TagFacts {
  /** All of its digits. */
  readonly id: string;
  readonly name: string;
  readonly imageId: string;
  readonly imageName: string;
  readonly labels: Readonly<Record<string, string>>;
}

const short = (id: string) => id.replace(/^sha256:/u, '').slice(0, 12);

const actions: Readonly<Record<string, (facts: TagFacts) => string>> = {
  '.ID': ({ id }) => short(id),
  '.FullID': ({ id }) => id,
  '.ContainerID': ({ id }) => id,
  '.Name': ({ name }) => name,
  '.ContainerName': ({ name }) => `/${name}`,
  '.ImageID': ({ imageId }) => short(imageId),
  '.ImageFullID': ({ imageId }) => imageId,
  '.ContainerImageID': ({ imageId }) => imageId,
  '.ImageName': ({ imageName }) => imageName,
  '.ContainerImageName': ({ imageName }) => imageName,
  '.DaemonName': () => 'docker',
};
const labelAction = /^index \.ContainerLabels "([^"]{1,255})"$/u;

type TagPart = string | { readonly action: string };

/** Text, and what stands within `{{ }}`. */
function tagParts(tag: string): TagPart[] {
  return tag
    .slice(0, 1024)
    .split(/(\{\{[^}]{0,300}\}\})/u)
    .filter(part => part !== '')
    .map(part =>
      part.startsWith('{{') && part.endsWith('}}')
        ? { action: part.replace(/^\{\{-?|-?\}\}$/gu, '').trim() }
        : part,
    );
}

function isKnown(action: string): boolean {
  return Object.hasOwn(actions, action) || labelAction.test(action);
}

/** @param tag as the file has it; the drivers' own default is the short id */
export function expandedTag(tag: string | undefined, facts: TagFacts): string {
  const parts = tagParts(tag === undefined || tag === '' ? '{{.ID}}' : tag);
  return parts
    .map(part => {
      if (typeof part === 'string') return part;
      const label = labelAction.exec(part.action)?.[1];
      return label === undefined ? (actions[part.action]?.(facts) ?? '') : (facts.labels[label] ?? '');
    })
    .join('');
}
