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
    cause:
      'app.yaml names an endpoint (`metrics`) or settings of a log (`logs`) of a service that the app’s Compose files do not have. Of a log it is a warning: the service may be one of a profile that this device does not have.',
    remedy: 'Correct the name of the service, or remove the entry.',
    next: 'wait-commit',
  },
  TELEMETRY_SINK_FILE: {
    cause: 'A file that a sink of gateway.yaml names (a password, a token, a certificate) cannot be used.',
    remedy:
      'Put it where the message says, readable for the gateway. It is looked for again before each try; nothing is lost meanwhile.',
    next: 'retry',
  },
  TELEMETRY_RECEIVER_UNREACHABLE: {
    cause:
      'The receiver of a sink cannot be reached, its certificate does not fit, or it does not answer in time.',
    remedy:
      'None if it comes back: the records wait in telemetry.git. Else compare `url` or `address` and `tls` of the sink with the receiver.',
    next: 'retry',
  },
  TELEMETRY_RECEIVER_BUSY: {
    cause: 'The receiver of a sink, or of messages, takes nothing now (429, 5xx).',
    remedy: 'None if it recovers: the records wait in telemetry.git, as long as `telemetry.keep` says.',
    next: 'retry',
  },
  TELEMETRY_RECEIVER_DENIES: {
    cause:
      'The receiver of a sink, or of messages, does not know the address, or does not let the gateway in (401, 403, 404, 3xx).',
    remedy:
      'Correct `url`, the secret or the rights of its user. It is tried again; the records wait in telemetry.git.',
    next: 'retry',
  },
  TELEMETRY_ANSWER_UNREADABLE: {
    cause: 'The receiver of a sink took a request and answered with what no such receiver answers.',
    remedy:
      'See what listens at `url` of the sink: a proxy with a page of its own, or another program. It is tried again.',
    next: 'retry',
  },
  TELEMETRY_BATCH_REFUSED: {
    cause:
      'The receiver of a sink, or of messages, will never take this (400, 413, 422; 5xx of a mail server).',
    remedy:
      'The batch is divided until the records are found that it does not take; these go to the dead letters of the sink with its words.',
    next: 'retry',
  },
  TELEMETRY_SINK_UNKNOWN: {
    cause: 'gateway.yaml has no sink of this name, or one that keeps nothing which could be told again.',
    remedy: 'See `towline gateway sinks` for those that run; a sink that was added runs after a restart.',
    next: 'person',
  },
  GATEWAY_DEVICE_UNREADABLE: {
    cause:
      "The operator's file covers neither this device nor the whole fleet for reading; or there is no such device.",
    remedy:
      'Widen `reads` in operators/<name>.yaml, or set `git.telemetry: read` for the whole fleet, by a commit.',
    next: 'person',
    httpStatus: 403,
  },
  GATEWAY_BUNDLE_FORBIDDEN: {
    cause: "The operator's file lets this person carry nothing for this device; or there is no such device.",
    remedy: 'Widen `bundles` in operators/<name>.yaml by a commit that the policy accepts.',
    next: 'person',
    httpStatus: 403,
  },
  TELEMETRY_FORGED: {
    cause:
      "A commit that is to be taken back is not signed by the key that the fleet has for this device, or has not the form of a device's.",
    remedy:
      'Export it anew at the device (`towline agent export-status`). Where its keys were renewed since, the commits before that are not taken back.',
    next: 'person',
    httpStatus: 403,
  },
  TELEMETRY_NOT_FORWARD: {
    cause: 'What a device has exported does not go on from what the gateway has of it.',
    remedy:
      'If the device has had a network since, the gateway is ahead, and nothing is missing. Where it has nothing of the device, `bundles` in your operators/<name>.yaml may not cover it. Else export it anew at the device (`towline agent export-status`).',
    next: 'person',
    httpStatus: 409,
  },
  GATEWAY_WATCHES_FULL: {
    cause:
      'This person, or everybody together, looks on (`towline logs -f`) in more sessions than the gateway serves.',
    remedy: 'End one of them. Reading without -f goes on.',
    next: 'retry',
    httpStatus: 429,
  },
  NOTIFY_UNKNOWN: {
    cause: 'gateway.yaml of the running gateway has no receiver of that name in `notify`.',
    remedy:
      'Take one of the names that the message lists; after a change of gateway.yaml the gateway is restarted.',
    next: 'person',
  },
});
