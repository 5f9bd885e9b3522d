/** For a clone that does not know where telemetry is. */
import type { TelemetrySource } from '../../portal/home/telemetry-source.ts';

const nothing = () => undefined;

export const emptyTelemetry: TelemetrySource = {
  tips: () => new Map(),
  onMove: () => nothing,
  objects: { read: async () => undefined },
  report: async () => undefined,
  look: () => nothing,
};
