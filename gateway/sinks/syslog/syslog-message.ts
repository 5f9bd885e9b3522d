/** What a record is in syslog's terms, before it is written down in one of its formats. */
import type { EventDelivery, LogDelivery } from '../delivery.ts';
import { gapText } from '../gap-text.ts';
import { splitFields } from '../wire/driver-fields.ts';
import { severityOf } from '../wire/severity.ts';
import { facilityOf } from './facility.ts';

/** An element of structured data: its id, and names with values as they are. */
export interface SyslogElement {
  readonly id: string;
  readonly parameters: readonly (readonly [string, string])[];
}

export const syslogFormats = ['rfc5424', 'rfc3164'] as const;
export type SyslogFormat = (typeof syslogFormats)[number];

export interface SyslogMessage {
  readonly facility: number;
  readonly severity: number;
  /** RFC 3339, nanoseconds. */
  readonly time: string;
  readonly host: string;
  readonly app: string;
  readonly process: string;
  readonly messageId: string;
  /** Who it is first: where room is short, the last go. */
  readonly elements: readonly SyslogElement[];
  readonly text: string;
  /** Asked for by the service itself, in Docker's words. */
  readonly format: SyslogFormat | undefined;
}

export interface SyslogDefaults {
  readonly facility: number;
  /** Behind the `@` of ids of elements. */
  readonly enterprise: string;
}

export function syslogMessage(
  delivery: LogDelivery | EventDelivery,
  defaults: SyslogDefaults,
): SyslogMessage {
  const { origin, record } = delivery;
  const { docker, own } = splitFields(record.kind === 'gap' ? undefined : record.fields);
  const asked = docker.driver === 'syslog' ? docker : {};
  const at = placeOf(delivery);
  const element = (id: string, values: Readonly<Record<string, unknown>>): SyslogElement => ({
    id: `${id}@${defaults.enterprise}`,
    parameters: Object.entries(values).map(([name, value]) => [name, String(value)]),
  });
  return {
    facility: facilityOf(asked['syslog-facility'] ?? '') ?? defaults.facility,
    severity: severityOf(delivery),
    time: record.time,
    host: origin.device,
    app: docker.tag ?? at.service ?? at.project ?? 'towline',
    process: at.container ?? '-',
    messageId: messageIdOf(delivery),
    elements: [
      element('towline', {
        id: delivery.id,
        fleet: origin.fleet,
        device: origin.device,
        ...at,
        ...about(delivery),
      }),
      element('labels', origin.labels),
      element('docker', containerOf(docker)),
      element('fields', own),
    ].filter(({ parameters }) => parameters.length > 0),
    text: record.kind === 'gap' ? gapText(record) : record.text,
    format: formatOf(asked['syslog-format']),
  };
}

interface Place {
  readonly project?: string;
  readonly service?: string;
  readonly container?: string;
}

function placeOf(delivery: LogDelivery | EventDelivery): Place {
  const { project, service, container } = delivery.kind === 'log' ? delivery : delivery.record;
  return {
    ...(project === undefined ? {} : { project }),
    ...(service === undefined ? {} : { service }),
    ...(container === undefined ? {} : { container }),
  };
}

function about({ record }: LogDelivery | EventDelivery): Readonly<Record<string, unknown>> {
  if (record.kind === 'gap') {
    const { reason, lines, bytes } = record;
    return { reason, ...(lines === undefined ? {} : { lines }), ...(bytes === undefined ? {} : { bytes }) };
  }
  const level = record.level === undefined ? {} : { level: record.level };
  if (record.kind === 'event') return level;
  return { stream: record.stream, ...level, ...(record.cut === undefined ? {} : { cut: record.cut }) };
}

function containerOf(docker: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const { container_name, image_name } = docker;
  return {
    ...(container_name === undefined ? {} : { container_name }),
    ...(image_name === undefined ? {} : { image_name }),
  };
}

/** The type of message (RFC 5424, 6.2.7): the stream, the name of an event. */
function messageIdOf({ record }: LogDelivery | EventDelivery): string {
  if (record.kind === 'gap') return 'gap';
  return record.kind === 'log' ? record.stream : record.name;
}

/** `rfc5424micro` differs in digits of the time alone, and all of ours are there. */
function formatOf(asked: string | undefined): SyslogFormat | undefined {
  return syslogFormats.find(format => format === asked?.replace(/micro$/, ''));
}
