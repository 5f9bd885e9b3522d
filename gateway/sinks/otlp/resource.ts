/** Whose telemetry it is, in the names of the semantic conventions (https://opentelemetry.io/docs/specs/semconv/resource/). */
import type { EventDelivery, LogDelivery, Origin } from '../delivery.ts';
import { splitFields } from '../wire/driver-fields.ts';
import type { Value } from './protobuf.ts';

export type Attributes = Readonly<Record<string, Value | undefined>>;

/** The device; what the conventions have no name for stands below `towline`. */
export function deviceResource({ fleet, device, labels }: Origin): Attributes {
  const named = Object.entries(labels).map(([name, value]) => [`towline.label.${name}`, value]);
  return { 'host.name': device, 'device.id': device, 'towline.fleet': fleet, ...Object.fromEntries(named) };
}

/** A container of it, or the device itself where nothing else is named. */
export function logResource(delivery: LogDelivery | EventDelivery): Attributes {
  const { project, service, container } = delivery.kind === 'log' ? delivery : delivery.record;
  const { device } = delivery.origin;
  const { record } = delivery;
  const { docker } = splitFields(record.kind === 'gap' ? undefined : record.fields);
  const name = [project, service].filter(part => part !== undefined).join('-');
  return {
    // The conventions want one of everybody.
    'service.name': service ?? 'towline',
    'service.namespace': project,
    'service.instance.id': container === undefined ? device : `${device}/${container}`,
    'container.id': docker.container_id ?? container,
    'container.name': container === undefined ? undefined : (docker.container_name ?? name),
    'container.image.name': docker.image_name,
    ...deviceResource(delivery.origin),
  };
}
