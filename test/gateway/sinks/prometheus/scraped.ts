/** Asks a sink's own routes over HTTP, as Prometheus does. */
import { PlainPort } from '../../../../gateway/plain-port/plain-port.ts';
import type { PrometheusSink } from '../../../../gateway/sinks/prometheus/prometheus-sink.ts';

export interface ScrapedPort extends AsyncDisposable {
  readonly origin: string;
}

export async function scrapedPort({ routes }: Pick<PrometheusSink, 'routes'>): Promise<ScrapedPort> {
  const port = new PlainPort(routes, (_request, response) => void response.writeHead(404).end());
  const { port: number } = await port.listen('127.0.0.1', 0);
  return { origin: `http://127.0.0.1:${number}`, [Symbol.asyncDispose]: () => port.close() };
}

export async function scrape(sink: PrometheusSink, shard = 0): Promise<string> {
  await using port = await scrapedPort(sink);
  return await (await fetch(`${port.origin}/metrics/devices?shard=${shard}`)).text();
}

/** Lines of values, without what is said of families. */
export function linesOf(text: string, name = ''): string[] {
  return text.split('\n').filter(line => line !== '' && !line.startsWith('#') && line.startsWith(name));
}
