/** A record as an entry of the forward protocol: its tag, and the map that Docker's own driver sends, with what we add. */
import type { EventDelivery, LogDelivery } from '../delivery.ts';
import { gapText } from '../gap-text.ts';
import { splitFields } from '../wire/driver-fields.ts';
import { instantOf } from '../wire/instant.ts';
import { eventTime } from './event-time.ts';

export interface ForwardEntry {
  readonly tag: string;
  /** For MessagePack. */
  readonly entry: readonly [time: unknown, record: Readonly<Record<string, unknown>>];
}

/** @param tagPrefix what tags begin with, where the service names none: `<prefix>.<project>.<service>` */
export function forwardEntry(delivery: LogDelivery | EventDelivery, tagPrefix: string): ForwardEntry {
  const { record } = delivery;
  const { docker, own } = splitFields(record.kind === 'gap' ? undefined : record.fields);
  const isAsked = docker.driver === 'fluentd';
  const fields = Object.keys(own).length === 0 ? {} : { fields: own };
  const map = mapOf(delivery, docker);
  return {
    tag: (isAsked ? docker.tag : undefined) ?? tagOf(delivery, tagPrefix),
    // Docker's driver has labels and variables beside its own keys. Ours come last: nothing takes their place.
    entry: [eventTime(instantOf(record.time)), isAsked ? { ...own, ...map } : { ...map, ...fields }],
  };
}

function tagOf(delivery: LogDelivery | EventDelivery, prefix: string): string {
  const { project, service } = delivery.kind === 'log' ? delivery : delivery.record;
  if (delivery.kind === 'event') return [prefix, 'events', project].filter(isSaid).join('.');
  return [prefix, project, service].filter(isSaid).join('.');
}

function mapOf(
  delivery: LogDelivery | EventDelivery,
  docker: Readonly<Record<string, string>>,
): Record<string, unknown> {
  const { id, origin, record } = delivery;
  const { project, service, container } = delivery.kind === 'log' ? delivery : delivery.record;
  const name = [project, service].filter(isSaid).join('-');
  return {
    ...said({
      container_id: docker.container_id ?? container,
      container_name: docker.container_name ?? (name === '' ? undefined : name),
    }),
    ...about(record),
    ...said({ project, service }),
    id,
    fleet: origin.fleet,
    device: origin.device,
    ...(Object.keys(origin.labels).length === 0 ? {} : { labels: origin.labels }),
  };
}

function about(record: (LogDelivery | EventDelivery)['record']): Record<string, unknown> {
  if (record.kind === 'gap') {
    const { reason, lines, bytes } = record;
    return { log: gapText(record), gap: { reason, ...said({ lines, bytes }) } };
  }
  const { level, text } = record;
  if (record.kind === 'event') return { event: record.name, log: text, ...said({ level }) };
  return { source: record.stream, log: text, ...said({ level, cut: record.cut }) };
}

function isSaid(part: string | undefined): part is string {
  return part !== undefined;
}

/** Without what is undefined: MessagePack would have `nil` for it. */
function said(values: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
}
