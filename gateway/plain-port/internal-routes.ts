/** Health and metrics, for the machine's own network. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { shownJson } from '../../core/shown-text.ts';
import { type Metric, metricsText } from './metric.ts';
import type { PlainRoute } from './plain-route.ts';

export interface InternalSources {
  /** Whether devices are served: what a load balancer or a supervisor asks. */
  readonly live: () => boolean;
  /** Whether a person should look. `ok: false` answers 503. */
  readonly health: () => { readonly ok: boolean } & Readonly<Record<string, unknown>>;
  readonly metrics: () => readonly Metric[];
}

export function internalRoutes({ live, health, metrics }: InternalSources): readonly PlainRoute[] {
  return [
    { method: 'GET', path: '/metrics', handle: (_request, response) => showMetrics(response, metrics()) },
    {
      method: 'GET',
      path: '/livez',
      handle: (_request, response) => response.writeHead(live() ? 200 : 503).end(),
    },
    { method: 'GET', path: '/healthz', handle: (_request, response) => showHealth(response, health()) },
  ];
}

/** What has no route there. */
export function nothingHere(request: IncomingMessage, response: ServerResponse): void {
  response.writeHead(request.method === 'GET' ? 404 : 405).end();
}

function showMetrics(response: ServerResponse, metrics: readonly Metric[]): void {
  response.setHeader('content-type', 'text/plain; version=0.0.4; charset=utf-8');
  response.end(metricsText(metrics));
}

function showHealth(response: ServerResponse, health: { readonly ok: boolean }): void {
  response.writeHead(health.ok ? 200 : 503, { 'content-type': 'application/json' });
  response.end(`${shownJson(health)}\n`);
}
