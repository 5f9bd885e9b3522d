/** `npm run bench -- telemetry [ROW …]`: what collecting and passing on costs. Each row is a file of bench/telemetry. */
import { benchOfRows } from './rows.ts';

export const bench = benchOfRows({
  lines: async () => (await import('./telemetry/collecting.ts')).collecting,
  containers: async () => (await import('./telemetry/containers.ts')).containerFigures,
  scrape: async () => (await import('./telemetry/scrape.ts')).scrape,
  sinks: async () => (await import('./telemetry/sinks.ts')).sinkFigures,
});
