/**
 * What `logging:` of a service said to one of Docker's drivers with the address `towline`, and what that driver would have
 * said of the container: fields `docker.*` of its records (core/telemetry/lines/driver-fields.ts). Sinks emit it as that
 * driver would have.
 */
import type { Fields } from '../../../core/telemetry/record/record.ts';

export interface SplitFields {
  /** By what stands behind `docker.`: `driver`, `tag`, `container_name`, `syslog-facility`, … */
  readonly docker: Readonly<Record<string, string>>;
  /** The app's own, with labels and variables that the driver was told to add. */
  readonly own: Fields;
}

const prefix = 'docker.';
const none: SplitFields = { docker: {}, own: {} };

export function splitFields(fields: Fields | undefined): SplitFields {
  if (fields === undefined) return none;
  // Without one in the whole record, as with nearly every app, there is nothing to take apart.
  if (fields[`${prefix}driver`] === undefined) return { docker: {}, own: fields };
  const docker: Record<string, string> = {};
  const own: Record<string, string | number | boolean> = {};
  for (const [name, value] of Object.entries(fields)) {
    if (name.startsWith(prefix)) docker[name.slice(prefix.length)] = String(value);
    else own[name] = value;
  }
  return { docker, own };
}
