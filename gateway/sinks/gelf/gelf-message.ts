/** GELF 1.1: one message as JSON. Names of additional fields are those of Docker's own driver, where it has them. */
import type { EventDelivery, LogDelivery } from '../delivery.ts';
import { gapText } from '../gap-text.ts';
import { splitFields } from '../wire/driver-fields.ts';
import { instantOf } from '../wire/instant.ts';
import { severityOf } from '../wire/severity.ts';

type Value = string | number;

/** Without a text Graylog refuses it. */
const nothing = '-';

/** @returns one line of JSON without a NUL in it */
export function gelfMessage(delivery: LogDelivery | EventDelivery): string {
  const { origin, record } = delivery;
  const text = record.kind === 'gap' ? gapText(record) : record.text;
  const end = text.search(/\r?\n/);
  const { docker, own } = splitFields(record.kind === 'gap' ? undefined : record.fields);
  const message: Record<string, Value> = {
    version: '1.1',
    host: origin.device,
    short_message: (end === -1 ? text : text.slice(0, end)) || nothing,
    ...(end === -1 ? {} : { full_message: text }),
    timestamp: timestampOf(record.time),
    level: severityOf(delivery),
    ...placeOf(delivery, docker),
    _record_id: delivery.id,
    _sequence: record.sequence,
    _time: record.time,
    _fleet: origin.fleet,
    _device: origin.device,
    ...about(delivery),
  };
  add(message, origin.labels, '_label_');
  add(message, own, '_');
  return JSON.stringify(message);
}

/** Seconds with milliseconds, as the format has them; a double holds no more than microseconds anyway. */
function timestampOf(time: string): number {
  const { seconds, nanoseconds } = instantOf(time);
  return seconds + Math.floor(nanoseconds / 1e6) / 1e3;
}

/** What Docker's driver says of a container, in its names; without one, what is known. */
function placeOf(
  delivery: LogDelivery | EventDelivery,
  docker: Readonly<Record<string, string>>,
): Record<string, Value> {
  const { project, service, container } = delivery.kind === 'log' ? delivery : delivery.record;
  const name = [project, service].filter(part => part !== undefined).join('-');
  return {
    ...said('_container_id', docker.container_id ?? container),
    ...said('_container_name', docker.container_name ?? (name === '' ? undefined : name)),
    ...said('_image_id', docker.image_id),
    ...said('_image_name', docker.image_name),
    ...said('_command', docker.command),
    ...said('_created', docker.created),
    ...said('_tag', docker.tag ?? container),
    ...said('_project', project),
    ...said('_service', service),
  };
}

function said(name: string, value: string | undefined): Record<string, Value> {
  return value === undefined ? {} : { [name]: value };
}

function about({ record }: LogDelivery | EventDelivery): Record<string, Value> {
  if (record.kind === 'gap') {
    const { reason, lines, bytes } = record;
    return {
      _kind: 'gap',
      _gap_reason: reason,
      ...(lines === undefined ? {} : { _gap_lines: lines }),
      ...(bytes === undefined ? {} : { _gap_bytes: bytes }),
    };
  }
  if (record.kind === 'event') return { _kind: 'event', _event: record.name };
  const { stream, level, cut } = record;
  return {
    _kind: 'log',
    _stream: stream,
    ...(level === undefined ? {} : { _level_name: level }),
    ...(cut === undefined ? {} : { _cut: cut }),
  };
}

/** No name that stands already is taken over: an app's `device` is `_field_device`, and `_id` is the receiver's. */
function add(
  message: Record<string, Value>,
  values: Readonly<Record<string, string | number | boolean>>,
  prefix: string,
): void {
  for (const [name, value] of Object.entries(values)) {
    const plain = name.replace(/[^\w.-]/g, '_');
    const key = `${prefix}${plain}`;
    const free = Object.hasOwn(message, key) || key === '_id' ? `_field_${plain}` : key;
    if (Object.hasOwn(message, free)) continue;
    // Numbers and strings alone; NaN is none in JSON.
    message[free] = typeof value === 'number' && Number.isFinite(value) ? value : String(value);
  }
}
