/** What there is to know of a line, by name: a few names are labels of its stream, the others its structured metadata. */
import type { Fields } from '../../../core/telemetry/record/record.ts';
import type { EventDelivery, LogDelivery, Origin } from '../delivery.ts';
import { splitFields } from '../wire/driver-fields.ts';

/** Names and values in text. */
export type Facts = Record<string, string>;

/** Labels of the fleet's device files have it before their names: `label_site`. */
const labelPrefix = 'label_';

/** Loki refuses a line with more than 64 KB of it, or 128 names. */
const maxFieldsLength = 32 * 1024;
const maxValueLength = 8 * 1024;
/** Names that may make a stream, also where a record says nothing of them: no field of an app becomes a label. */
const ours: ReadonlySet<string> = new Set(['project', 'service', 'level', 'stream']);

export function factsOf(delivery: LogDelivery | EventDelivery): Facts {
  const { record, origin, id } = delivery;
  const facts: Facts = { ...deviceFacts(origin), kind: delivery.kind, record_id: id };
  if (record.kind === 'gap') {
    facts.gap = record.reason;
    facts.level = 'warn';
    if (record.lines !== undefined) facts.gap_lines = String(record.lines);
  } else if (record.level !== undefined) facts.level = record.level;
  if (record.kind === 'event') facts.event = record.name;
  if (record.kind === 'log') {
    facts.stream = record.stream;
    if (record.cut !== undefined) facts.cut_bytes = String(record.cut);
  }
  const { project, service, container } = delivery.kind === 'log' ? delivery : delivery.record;
  if (project !== undefined) facts.project = project;
  if (service !== undefined) facts.service = service;
  const { docker, own } = splitFields(record.kind === 'gap' ? undefined : record.fields);
  if (container !== undefined) facts.container_id = docker.container_id ?? container;
  if (docker.container_name !== undefined) facts.container_name = docker.container_name;
  if (docker.image_name !== undefined) facts.image_name = docker.image_name;
  if (docker.tag !== undefined) facts.tag = docker.tag;
  addFields(facts, own);
  return facts;
}

function deviceFacts({ fleet, device, labels, commit }: Origin): Facts {
  const facts: Facts = { fleet, device_id: device, commit };
  for (const [name, value] of Object.entries(labels)) facts[`${labelPrefix}${plainName(name)}`] = value;
  return facts;
}

/** What an app calls as we call something stays ours: the app's is `field_…`. */
function addFields(facts: Facts, fields: Fields): void {
  let room = maxFieldsLength;
  let left = 0;
  for (const [name, value] of Object.entries(fields)) {
    const plain = plainName(name);
    const text = String(value).slice(0, maxValueLength);
    room -= plain.length + text.length;
    const isOurs = ours.has(plain) || Object.hasOwn(facts, plain) || plain.startsWith(labelPrefix);
    if (room < 0) left += 1;
    else facts[isOurs ? `field_${plain}` : plain] = text;
  }
  if (left > 0) facts.fields_left_out = String(left);
}

/** A name of Prometheus' kind: Loki would make it one. */
export function plainName(name: string): string {
  const plain = name.replace(/[^A-Za-z0-9_]/g, '_');
  return /^[A-Za-z]/.test(plain) ? plain : `_${plain.replace(/^_+/, '')}`;
}
