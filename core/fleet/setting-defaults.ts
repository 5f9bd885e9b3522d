/** What settings are that no file gives. They stand in the schemas too; a test compares both. */
export const defaults = {
  pollSchedule: '* * * * *',
  pollJitter: '10s',
  telemetrySchedule: '*/15 * * * *',
  telemetryMaxBytesPerDay: '20MiB',
  telemetryMaxOutboxBytes: '50MiB',
  downloadJitter: '1h',
  strategy: 'recreate',
  healthTimeout: '5m',
  stablePeriod: '10s',
} as const;
