/** For a clone that does not know where telemetry is. */
import type { TelemetrySource } from '../../portal/home/telemetry-source.ts';

const nothing = () => undefined;

export const emptyTelemetry: TelemetrySource = {
  trouble:
    'This clone does not know where that is. Once: `git config towline.telemetry URL`, with the gateway’s telemetry repository, and start the portal again.',
  tips: () => new Map(),
  onMove: () => nothing,
  objects: { read: async () => undefined },
  report: async () => undefined,
  look: () => nothing,
};
