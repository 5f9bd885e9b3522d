/**
 * A record as a document with the names of the Elastic Common Schema, those that Filebeat writes for a container's log
 * (https://www.elastic.co/guide/en/ecs/8.11). What only Towline knows stands below `towline`.
 */
import type { Fields } from '../../../core/telemetry/record/record.ts';
import type { EventDelivery, LogDelivery, Origin } from '../delivery.ts';
import { gapText } from '../gap-text.ts';
import { timeWord } from '../instant.ts';
import { splitFields } from '../wire/driver-fields.ts';

/** Version of the schema. */
export const ecsVersion = '8.11.0';

/** A name of a data stream is `type-dataset-namespace`, and its documents repeat the three. */
export interface DataStream {
  readonly type: 'logs' | 'metrics';
  readonly dataset: string;
  readonly namespace: string;
}

export function dataStreamName({ type, dataset, namespace }: DataStream): string {
  return `${type}-${dataset}-${namespace}`;
}

/** JSON, but for what is not there: `JSON.stringify` leaves it out. */
export interface Document {
  readonly [name: string]: DocumentValue;
}
export type DocumentValue = string | number | boolean | undefined | readonly DocumentValue[] | Document;

/** A longer value of a field fits into no term of the index (32,766 bytes of UTF-8). */
const maxFieldLength = 8191;

/** What documents of one commit have in common. */
export interface OfCommit {
  readonly origin: Origin;
  readonly device: Document;
  /** Time of the commit. */
  readonly created: string;
}

export function ofCommit(origin: Origin, stream: DataStream): OfCommit {
  const created = new Date(origin.commitMs).toISOString();
  return { origin, device: deviceDocument(origin, stream), created };
}

export function logDocument(
  delivery: LogDelivery,
  stream: DataStream,
  commit = ofCommit(delivery.origin, stream),
): Document {
  const { record, origin } = delivery;
  const about = base(record.time, commit);
  const event = { id: delivery.id, dataset: stream.dataset, created: commit.created };
  const service = { name: delivery.service };
  if (record.kind === 'gap') {
    const { sequence, reason, lines, bytes } = record;
    return {
      ...about,
      ...containerOf(delivery),
      message: gapText(record),
      log: { level: 'warn' },
      event: { ...event, sequence, kind: 'event', action: 'gap', reason },
      service,
      towline: { ...towlineOf(origin, delivery.project), gap: { lines, bytes } },
    };
  }
  const { docker, own } = splitFields(record.fields);
  const { fields, isCut } = shortened(own);
  return {
    ...about,
    ...containerOf(delivery, docker),
    message: record.text,
    stream: record.stream,
    log: { level: record.level, flags: isCut || record.cut !== undefined ? ['truncated'] : undefined },
    event: { ...event, sequence: record.sequence },
    service,
    json: fields,
    towline: { ...towlineOf(origin, delivery.project), cut: record.cut, tag: docker.tag },
  };
}

export function eventDocument(
  delivery: EventDelivery,
  stream: DataStream,
  commit = ofCommit(delivery.origin, stream),
): Document {
  const { record, origin } = delivery;
  const { project, service, container, level } = record;
  const about = { project, service, container };
  const { fields } = shortened(record.fields);
  return {
    ...base(record.time, commit),
    ...(container === undefined ? {} : containerOf({ ...about, container })),
    message: record.text,
    log: level === undefined ? undefined : { level },
    event: {
      ...{ id: delivery.id, dataset: stream.dataset, created: commit.created },
      ...{ sequence: record.sequence, kind: 'event', action: record.name },
    },
    service: service === undefined ? undefined : { name: service },
    json: fields,
    towline: towlineOf(origin, project),
  };
}

function base(time: string, { origin, device }: OfCommit): Document {
  return { '@timestamp': timeWord(time, origin), ...device };
}

/** What a document says of the device, whatever it is about. */
export function deviceDocument(origin: Origin, { type, dataset, namespace }: DataStream): Document {
  const { device, labels, groups } = origin;
  return {
    ecs: { version: ecsVersion },
    host: { name: device, hostname: device },
    device: { id: device },
    agent: { type: 'towline', name: device },
    labels: underscored(labels),
    tags: groups.length === 0 ? undefined : groups,
    data_stream: { type, dataset, namespace },
  };
}

export function towlineOf({ fleet, commit }: Origin, project?: string): Document {
  return { fleet, project, commit };
}

interface OfContainer {
  readonly container: string;
  readonly project?: string | undefined;
  readonly service?: string | undefined;
}

/**
 * The labels are those that Compose gives a container, with the dots replaced as Filebeat does. Its whole id, name and image are
 * known where the service's `logging:` says `towline`.
 */
function containerOf(
  { container, project, service }: OfContainer,
  docker: Readonly<Record<string, string>> = {},
): Document {
  const { container_id: id = container, image_name: image } = docker;
  const name = docker.container_name ?? [project, service].filter(part => part !== undefined).join('-');
  const labels = { com_docker_compose_project: project, com_docker_compose_service: service };
  return {
    container: {
      id,
      name: name === '' ? undefined : name,
      image: image === undefined ? undefined : { name: image },
      labels,
    },
  };
}

/** A dot would begin an object: two labels `a` and `a.b` could not be told side by side. */
function underscored(labels: Readonly<Record<string, string>>): Document | undefined {
  const entries = Object.entries(labels);
  if (entries.length === 0) return undefined;
  return Object.fromEntries(entries.map(([name, value]) => [name.replaceAll('.', '_'), value]));
}

function shortened(fields: Fields = {}): { readonly fields?: Fields; readonly isCut: boolean } {
  const entries = Object.entries(fields);
  if (entries.length === 0) return { isCut: false };
  const isLong = ([, value]: [string, unknown]) => typeof value === 'string' && value.length > maxFieldLength;
  if (!entries.some(isLong)) return { fields, isCut: false };
  const cut = entries.map(([name, value]) => [
    name,
    typeof value === 'string' ? value.slice(0, maxFieldLength) : value,
  ]);
  return { fields: Object.fromEntries(cut), isCut: true };
}
