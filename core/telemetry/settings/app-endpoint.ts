/** Endpoints that an app names in app.yaml (`metrics`): what a device may scrape of it. */
import type { AppFile } from '../../../schemas/types.generated.ts';
import { parseDuration } from '../../duration.ts';
import type { Problem } from '../../errors.ts';
import type { CheckedFile } from '../../fleet/schema-check.ts';
import { suggestion } from '../../nearest.ts';

export interface AppEndpoint {
  readonly service: string;
  /** Within the container. */
  readonly port: number;
  readonly path: string;
  /** 0: as often as the device takes metrics. */
  readonly intervalMs: number;
}

type File = CheckedFile<'app'> | undefined;
type Written = NonNullable<AppFile['metrics']>[number];

const defaultPath = '/metrics';

/** Nothing where there are none. No part of a project's digest: a container is not made anew for it. */
export function appEndpoints(file: File): { metrics?: readonly AppEndpoint[] } {
  const written: readonly Written[] = file?.value.metrics ?? [];
  if (written.length === 0) return {};
  const metrics = written.map(({ service, port, path = defaultPath, interval }) => ({
    service,
    port,
    path,
    intervalMs: interval === undefined ? 0 : parseDuration(interval),
  }));
  return { metrics };
}

/** A service that is misspelt would be scraped by nobody, and nobody would know why. */
export function endpointProblems(services: readonly string[], file: File): Problem[] {
  const written: readonly Written[] = file?.value.metrics ?? [];
  return written.flatMap(({ service }, index): Problem[] => {
    if (file === undefined || services.includes(service)) return [];
    const message = `the Compose files have no service "${service}"${suggestion(service, services)}`;
    const position = file.locate(`/metrics/${index}/service`);
    return [{ code: 'TELEMETRY_SERVICE_UNKNOWN', message, position }];
  });
}
