/** `npm run bench -- telemetry`: what collecting and passing on costs. Each part is a file of bench/telemetry. */
import type { BenchFigure } from './figure.ts';
import { collecting } from './telemetry/collecting.ts';
import { containerFigures } from './telemetry/containers.ts';
import { scrape } from './telemetry/scrape.ts';
import { sinkFigures } from './telemetry/sinks.ts';

export async function* bench(signal: AbortSignal): AsyncIterable<BenchFigure> {
  yield* collecting(signal);
  yield* containerFigures();
  yield* scrape(signal);
  yield* sinkFigures(signal);
}
