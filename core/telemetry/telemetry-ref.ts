/** Where the telemetry branches of devices stand in telemetry.git. */
export const telemetryRefs = 'refs/heads/telemetry/';

/** The one ref of telemetry.git that this device may write. */
export function telemetryRef(device: string): string {
  return `${telemetryRefs}${device}`;
}
