/** A record as an entry of the forward protocol: its tag, and the map that Docker's own driver sends, with what we add. */
import type { EventDelivery, LogDelivery } from '../delivery.ts';
import { gapText } from '../gap-text.ts';
import { instantOf } from '../instant.ts';
import { splitFields } from '../wire/driver-fields.ts';
import { eventTime } from './event-time.ts';

export interface ForwardEntry {
  readonly tag: string;
  /** For MessagePack. */
  readonly entry: readonly [time: unknown, record: Readonly<Record<string, unknown>>];
}

type Map = Record<string, unknown>;

/** @param tagPrefix what tags begin with, where the service names none: `<prefix>.<project>.<service>` */
export function forwardEntry(delivery: LogDelivery | EventDelivery, tagPrefix: string): ForwardEntry {
  const { record } = delivery;
  const { docker, own } = splitFields(record.kind === 'gap' ? undefined : record.fields);
  const isAsked = docker.driver === 'fluentd';
  const map = mapOf(delivery, docker);
  // Docker's driver has labels and variables beside its own keys. Nothing takes the place of ours.
  if (isAsked) {
    for (const name in own) if (!Object.hasOwn(map, name)) map[name] = own[name];
  } else if (hasSome(own)) {
    map.fields = own;
  }
  return {
    tag: plainTag((isAsked ? docker.tag : undefined) || tagOf(delivery, tagPrefix)),
    entry: [eventTime(instantOf(record.time, delivery.origin)), map],
  };
}

const maxTagLength = 255;
const notInTag = /[^\w./:@-]/g;

/** A server routes by it, and makes names of files from it (`${tag}`): no spaces, nothing that steers, no way up. */
function plainTag(tag: string): string {
  return tag
    .slice(0, maxTagLength)
    .replace(notInTag, '_')
    .replace(/\.{2,}/g, '.');
}

function tagOf(delivery: LogDelivery | EventDelivery, prefix: string): string {
  if (delivery.kind === 'log') return `${prefix}.${delivery.project}.${delivery.service}`;
  const { project } = delivery.record;
  return project === undefined ? `${prefix}.events` : `${prefix}.events.${project}`;
}

function mapOf(delivery: LogDelivery | EventDelivery, docker: Readonly<Record<string, string>>): Map {
  const { id, origin, record } = delivery;
  const { project, service, container } = delivery.kind === 'log' ? delivery : delivery.record;
  const map: Map = {};
  // What is undefined would be `nil` in MessagePack.
  const say = (name: string, value: unknown): void => {
    if (value !== undefined) map[name] = value;
  };
  say('container_id', docker.container_id ?? container);
  const named = project === undefined || service === undefined ? undefined : `${project}-${service}`;
  say('container_name', docker.container_name ?? named);
  if (record.kind === 'log') map.source = record.stream;
  map.log = record.kind === 'gap' ? gapText(record) : record.text;
  if (record.kind === 'gap') {
    const gap: Map = { reason: record.reason };
    if (record.lines !== undefined) gap.lines = record.lines;
    if (record.bytes !== undefined) gap.bytes = record.bytes;
    map.gap = gap;
  } else {
    say('level', record.level);
    if (record.kind === 'event') map.event = record.name;
    else say('cut', record.cut);
  }
  say('project', project);
  say('service', service);
  map.id = id;
  map.fleet = origin.fleet;
  map.device = origin.device;
  if (hasSome(origin.labels)) map.labels = origin.labels;
  return map;
}

function hasSome(values: Readonly<Record<string, unknown>>): boolean {
  for (const _name in values) return true;
  return false;
}
