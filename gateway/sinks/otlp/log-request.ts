/** ExportLogsServiceRequest (opentelemetry-proto 1.5, collector/logs/v1 and logs/v1). */
import type { Level } from '../../../core/telemetry/record/record.ts';
import type { EventDelivery, LogDelivery } from '../delivery.ts';
import { gapText } from '../gap-text.ts';
import { instantOf, instantOfMs } from '../instant.ts';
import { splitFields } from '../wire/driver-fields.ts';
import {
  attribute,
  instant,
  message,
  newWriter,
  number,
  resource,
  scope,
  text,
  type Value,
  value,
  type Writer,
} from './protobuf.ts';
import { logResource } from './resource.ts';

/** SeverityNumber: the least of each range. */
const severities: { readonly [Each in Level]: number } = {
  trace: 1,
  debug: 5,
  info: 9,
  warn: 13,
  error: 17,
  fatal: 21,
};

/** Numbers of the fields of LogRecord. */
const field = {
  time: 1,
  severityNumber: 2,
  severityText: 3,
  body: 5,
  attributes: 6,
  observedTime: 11,
  eventName: 12,
} as const;

export function logRequest(batch: readonly (LogDelivery | EventDelivery)[]): Uint8Array {
  const writer = newWriter();
  for (const deliveries of byContainer(batch)) {
    const [first] = deliveries;
    message(writer, 1, resourceLogs => {
      resource(resourceLogs, 1, logResource(first));
      message(resourceLogs, 2, scopeLogs => {
        scope(scopeLogs, 1);
        for (const delivery of deliveries) message(scopeLogs, 2, inner => writeRecord(inner, delivery));
      });
    });
  }
  return writer.finish();
}

type Group = [LogDelivery | EventDelivery, ...(LogDelivery | EventDelivery)[]];

/** What has the same resource goes below it once. */
function byContainer(batch: readonly (LogDelivery | EventDelivery)[]): readonly Group[] {
  const groups = new Map<string, Group>();
  for (const delivery of batch) {
    const {
      project = '',
      service = '',
      container = '',
    } = delivery.kind === 'log' ? delivery : delivery.record;
    const { device, commit } = delivery.origin;
    const key = `${device}/${commit}/${project}/${service}/${container}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [delivery]);
    else group.push(delivery);
  }
  return [...groups.values()];
}

function writeRecord(writer: Writer, { record, origin, id }: LogDelivery | EventDelivery): void {
  instant(writer, field.time, instantOf(record.time, origin));
  const level = record.kind === 'gap' ? 'warn' : record.level;
  if (level !== undefined) {
    number(writer, field.severityNumber, severities[level]);
    text(writer, field.severityText, level);
  }
  value(writer, field.body, record.kind === 'gap' ? gapText(record) : record.text);
  for (const entry of Object.entries(attributesOf(record, id, origin.commit)))
    attribute(writer, field.attributes, entry);
  instant(writer, field.observedTime, instantOfMs(origin.commitMs));
  if (record.kind === 'event') text(writer, field.eventName, record.name);
}

function attributesOf(
  record: (LogDelivery | EventDelivery)['record'],
  id: string,
  commit: string,
): Readonly<Record<string, Value | undefined>> {
  // "Other log records with the same id will be considered duplicates and can be removed safely."
  const ours = { 'log.record.uid': id, 'towline.commit': commit };
  if (record.kind === 'gap') {
    const { reason, lines, bytes } = record;
    return { ...ours, 'towline.gap.reason': reason, 'towline.gap.lines': lines, 'towline.gap.bytes': bytes };
  }
  // What an app calls as we do stays ours.
  if (record.kind === 'event') return { ...record.fields, ...ours, 'event.name': record.name };
  const stream = record.stream === 'tty' ? undefined : record.stream;
  const { docker, own } = splitFields(record.fields);
  const said = { 'log.iostream': stream, 'towline.cut': record.cut, 'towline.tag': docker.tag };
  return { ...own, ...ours, ...said };
}
