/** What a record is in syslog's terms, before it is written down in one of its formats. */
import type { EventDelivery, LogDelivery } from '../delivery.ts';
import { gapText } from '../gap-text.ts';
import { timeWord } from '../instant.ts';
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

type Parameter = readonly [string, string];

export function syslogMessage(
  delivery: LogDelivery | EventDelivery,
  defaults: SyslogDefaults,
): SyslogMessage {
  const { origin, record } = delivery;
  const { docker, own } = splitFields(record.kind === 'gap' ? undefined : record.fields);
  const { project, service, container } = delivery.kind === 'log' ? delivery : delivery.record;
  const isAsked = docker.driver === 'syslog';
  const who: Parameter[] = [
    ['id', delivery.id],
    ['fleet', origin.fleet],
    ['device', origin.device],
  ];
  if (project !== undefined) who.push(['project', project]);
  if (service !== undefined) who.push(['service', service]);
  if (container !== undefined) who.push(['container', container]);
  addAbout(who, delivery);
  return {
    facility: (isAsked ? facilityOf(docker['syslog-facility'] ?? '') : undefined) ?? defaults.facility,
    severity: severityOf(delivery),
    time: timeWord(record.time, origin),
    host: origin.device,
    app: docker.tag ?? service ?? project ?? 'towline',
    process: container ?? '-',
    messageId: messageIdOf(delivery),
    elements: [
      { id: `towline@${defaults.enterprise}`, parameters: who },
      { id: `labels@${defaults.enterprise}`, parameters: parametersOf(origin.labels) },
      { id: `docker@${defaults.enterprise}`, parameters: containerOf(docker) },
      { id: `fields@${defaults.enterprise}`, parameters: parametersOf(own) },
    ],
    text: record.kind === 'gap' ? gapText(record) : record.text,
    format: isAsked ? formatOf(docker['syslog-format']) : undefined,
  };
}

function addAbout(to: Parameter[], { record }: LogDelivery | EventDelivery): void {
  if (record.kind === 'gap') {
    to.push(['reason', record.reason]);
    if (record.lines !== undefined) to.push(['lines', String(record.lines)]);
    if (record.bytes !== undefined) to.push(['bytes', String(record.bytes)]);
    return;
  }
  if (record.kind === 'log') to.push(['stream', record.stream]);
  if (record.level !== undefined) to.push(['level', record.level]);
  if (record.kind === 'log' && record.cut !== undefined) to.push(['cut', String(record.cut)]);
}

function parametersOf(values: Readonly<Record<string, string | number | boolean>>): Parameter[] {
  const found: Parameter[] = [];
  for (const name in values) found.push([name, String(values[name])]);
  return found;
}

function containerOf(docker: Readonly<Record<string, string>>): readonly Parameter[] {
  const found: Parameter[] = [];
  for (const name of ['container_name', 'image_name']) {
    const value = docker[name];
    if (value !== undefined) found.push([name, value]);
  }
  return found;
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
