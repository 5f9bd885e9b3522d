/** The port for the machine's own network: what the parts of the gateway show of themselves, and webhooks. */
import type { AuditTrail } from '../audit/audit-trail.ts';
import type { FleetViewHolder } from '../fleet/fleet-view-holder.ts';
import type { MainWatch } from '../fleet/main-watch.ts';
import type { GitRunner } from '../git/git-runner.ts';
import { internalRoutes, nothingHere } from '../plain-port/internal-routes.ts';
import type { Metric } from '../plain-port/metric.ts';
import { PlainPort } from '../plain-port/plain-port.ts';
import type { PlainRoute } from '../plain-port/plain-route.ts';
import { GatewayHealth } from './gateway-health.ts';

export interface InternalPortOptions {
  readonly view: FleetViewHolder;
  readonly main: Pick<MainWatch, 'isLate'>;
  readonly git: Pick<GitRunner, 'isSlow'>;
  readonly audit: Pick<AuditTrail, 'isDown'>;
  /** In the order in which `/metrics` shows them. */
  readonly parts: readonly { metrics?(): readonly Metric[]; state?(): object }[];
  /** Of parts that have no port of their own. */
  readonly routes: readonly PlainRoute[];
}

export function makeInternalPort({ parts, routes, ...sources }: InternalPortOptions): PlainPort {
  const states = () => parts.flatMap(part => part.state?.() ?? []);
  const health = new GatewayHealth({ ...sources, states });
  const ofAll = internalRoutes({
    live: () => health.live,
    health: () => health.state,
    metrics: () => parts.flatMap(part => part.metrics?.() ?? []),
  });
  return new PlainPort([...routes, ...ofAll], nothingHere);
}
