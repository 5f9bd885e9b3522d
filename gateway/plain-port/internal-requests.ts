/** Health and metrics, for the machine's own network. */
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { shownJson } from '../../core/shown-text.ts';

export interface Metric {
  readonly name: string;
  readonly help: string;
  readonly type: 'counter' | 'gauge';
  readonly value: number;
}

export interface InternalRequestsOptions {
  /** Whether devices are served: what a load balancer or a supervisor asks. */
  readonly live: () => boolean;
  /** Whether a person should look. `ok: false` answers 503. */
  readonly health: () => { readonly ok: boolean } & Readonly<Record<string, unknown>>;
  readonly metrics: () => readonly Metric[];
  /** Asked first. @returns false where it does not answer. */
  readonly other?: (request: IncomingMessage, response: ServerResponse) => boolean;
}

export function internalRequests(options: InternalRequestsOptions): RequestListener {
  return (request, response) => {
    if (options.other?.(request, response) === true) return;
    answer(options, request, response);
  };
}

function answer(
  options: InternalRequestsOptions,
  request: IncomingMessage,
  response: ServerResponse,
): ServerResponse {
  if (request.method !== 'GET') return response.writeHead(405).end();
  if (request.url === '/metrics') {
    response.setHeader('content-type', 'text/plain; version=0.0.4; charset=utf-8');
    return response.end(metricsText(options.metrics()));
  }
  if (request.url === '/livez') return response.writeHead(options.live() ? 200 : 503).end();
  if (request.url !== '/healthz') return response.writeHead(404).end();
  const health = options.health();
  response.writeHead(health.ok ? 200 : 503, { 'content-type': 'application/json' });
  return response.end(`${shownJson(health)}\n`);
}

/** Prometheus' text format, version 0.0.4. */
export function metricsText(metrics: readonly Metric[]): string {
  return metrics
    .map(
      ({ name, help, type, value }) => `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n${name} ${value}\n`,
    )
    .join('');
}
