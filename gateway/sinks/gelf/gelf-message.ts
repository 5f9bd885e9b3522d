/** GELF 1.1: one message as JSON. Names of additional fields are those of Docker's own driver, where it has them. */
import type { EventDelivery, LogDelivery } from '../delivery.ts';
import { gapText } from '../gap-text.ts';
import { type Instant, instantOf, timeWord } from '../instant.ts';
import { splitFields } from '../wire/driver-fields.ts';
import { severityOf } from '../wire/severity.ts';

type Message = Record<string, string | number | undefined>;

/** Without a text Graylog refuses it. */
const nothing = '-';
const notInName = /[^\w.-]/;

/** @returns one line of JSON without a NUL in it */
export function gelfMessage(delivery: LogDelivery | EventDelivery): string {
  const { origin, record } = delivery;
  const text = record.kind === 'gap' ? gapText(record) : record.text;
  const at = instantOf(record.time, origin);
  const end = text.indexOf('\n');
  const { docker, own } = splitFields(record.kind === 'gap' ? undefined : record.fields);
  const { project, service, container } = delivery.kind === 'log' ? delivery : delivery.record;
  // What is undefined is left out of JSON. One object, written at once: a gateway writes tens of thousands in a second.
  const message: Message = {
    version: '1.1',
    host: origin.device,
    short_message: (end === -1 ? text : text.slice(0, end).replace(/\r$/, '')) || nothing,
    full_message: end === -1 ? undefined : text,
    timestamp: timestampOf(at),
    level: severityOf(delivery),
    _container_id: docker.container_id ?? container,
    _container_name: docker.container_name ?? nameOf(project, service),
    _image_id: docker.image_id,
    _image_name: docker.image_name,
    _command: docker.command,
    _created: docker.created,
    _tag: docker.tag ?? container,
    _project: project,
    _service: service,
    _record_id: delivery.id,
    _sequence: record.sequence,
    _time: timeWord(record.time, origin),
    _fleet: origin.fleet,
    _device: origin.device,
    _kind: record.kind,
  };
  addAbout(message, delivery);
  add(message, origin.labels, '_label_');
  add(message, own, '_');
  return JSON.stringify(message);
}

/** Seconds with milliseconds, as the format has them; a double holds no more than microseconds anyway. */
function timestampOf({ seconds, nanoseconds }: Instant): number {
  return seconds + Math.floor(nanoseconds / 1e6) / 1e3;
}

/** Without the engine's own name of a container, what is known of it. */
function nameOf(project: string | undefined, service: string | undefined): string | undefined {
  return project === undefined || service === undefined ? (project ?? service) : `${project}-${service}`;
}

function addAbout(to: Message, { record }: LogDelivery | EventDelivery): void {
  if (record.kind === 'gap') {
    to._gap_reason = record.reason;
    to._gap_lines = record.lines;
    to._gap_bytes = record.bytes;
  } else if (record.kind === 'event') {
    to._event = record.name;
  } else {
    to._stream = record.stream;
    to._level_name = record.level;
    to._cut = record.cut;
  }
}

/** No name that stands already is taken over: an app's `device` is `_field_device`, and `_id` is the receiver's. */
function add(
  message: Message,
  values: Readonly<Record<string, string | number | boolean>>,
  prefix: string,
): void {
  for (const name in values) {
    const value = values[name];
    const plain = notInName.test(name) ? name.replace(/[^\w.-]/g, '_') : name;
    const key = `${prefix}${plain}`;
    const free = Object.hasOwn(message, key) || key === '_id' ? `_field_${plain}` : key;
    if (Object.hasOwn(message, free)) continue;
    // Numbers and strings alone; NaN is none in JSON.
    message[free] = typeof value === 'number' && Number.isFinite(value) ? value : String(value);
  }
}
