import { defineErrors } from './definition.ts';

/** Collecting, segments and sinks. */
export const telemetryErrors = defineErrors({
  TELEMETRY_SEGMENT: {
    cause: 'A segment of logs, events or metrics is no gzip, or unpacks to more than a segment may hold.',
    remedy:
      'It is set aside and counted, and what follows is read. One is a damaged disk of the device; many are a device that does not run this agent.',
    next: 'person',
  },
  TELEMETRY_SERVICE_UNKNOWN: {
    cause: 'app.yaml names an endpoint (`metrics`) of a service that the app’s Compose files do not have.',
    remedy: 'Correct the name of the service, or remove the entry.',
    next: 'wait-commit',
  },
});
