/** Standings of devices, the worst first. */
export const severity: readonly string[] = [
  ...['not shown', 'failed', 'degraded', 'rolled-back', 'stale', 'never seen', 'no keys'],
  ...['progressing', 'waiting', 'paused', 'applied', 'unchanged', 'retired'],
];
