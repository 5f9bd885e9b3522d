/** What runs in a container: the members of the engine's Config. */

import type { ServiceModel } from '../../compose/value/model.ts';
import { sharedNetworkMode } from '../../desired/service-networks.ts';
import { durationMs } from '../quantity.ts';

const nanosecondsPerMs = 1e6;
/** Longer than this nobody waits for a stop: the engine is asked for it for a quarter of an hour. */
const longestGraceSeconds = 14 * 60;

function nanoseconds(value: number | undefined): number | undefined {
  return value === undefined ? undefined : Math.round(value * nanosecondsPerMs);
}

function healthcheck(service: ServiceModel): Record<string, unknown> | undefined {
  const { healthcheck: check = {} } = service;
  if (Object.keys(check).length === 0) return undefined;
  if (check.disable === true) return { Test: ['NONE'] };
  const spec: Record<string, unknown> = {
    Test: check.test,
    Interval: nanoseconds(durationMs(check.interval)),
    Timeout: nanoseconds(durationMs(check.timeout)),
    StartPeriod: nanoseconds(durationMs(check.start_period)),
    StartInterval: nanoseconds(durationMs(check.start_interval)),
    Retries: check.retries,
  };
  for (const [key, value] of Object.entries(spec)) if (value === undefined) delete spec[key];
  return spec;
}

function environment(service: ServiceModel, secrets: ReadonlyMap<string, string>): string[] {
  return Object.entries(service.environment ?? {}).flatMap(([name, value]) => {
    const text = value ?? secrets.get(name);
    // A name alone takes away what the image says.
    return [text === undefined ? name : `${name}=${text}`];
  });
}

/** Whether the service's own health check is on; undefined: the image decides. */
export function stopTimeoutMs(service: ServiceModel): number | undefined {
  return durationMs(service.stop_grace_period);
}

function hasOwnNetwork(service: ServiceModel): boolean {
  return ['default', 'bridge'].includes(sharedNetworkMode(service) ?? 'default');
}

/** @param secrets values of entries that have none in the model */
export function processSpec(
  service: ServiceModel,
  secrets: ReadonlyMap<string, string>,
): Record<string, unknown> {
  const grace = stopTimeoutMs(service);
  const spec: Record<string, unknown> = {
    Image: service.image ?? '',
    Cmd: service.command ?? undefined,
    // An empty one takes the image's away and leaves its command.
    Entrypoint: service.entrypoint ?? undefined,
    Env: environment(service, secrets),
    WorkingDir: service.working_dir,
    User: service.user,
    Hostname: service.hostname,
    Domainname: service.domainname,
    Tty: service.tty === true,
    OpenStdin: service.stdin_open === true,
    StdinOnce: false,
    StopSignal: service.stop_signal,
    StopTimeout: grace === undefined ? undefined : Math.min(Math.ceil(grace / 1000), longestGraceSeconds),
    // Engines before 25.0 read it here, later ones at the endpoint.
    MacAddress: hasOwnNetwork(service) ? service.mac_address : undefined,
    Healthcheck: healthcheck(service),
  };
  for (const [key, value] of Object.entries(spec)) if (value === undefined) delete spec[key];
  return spec;
}
