import type { PortalServer } from '../../portal/server/portal-server.ts';
import { counter, gauge, type Metric } from '../plain-port/metric.ts';

export interface PortalCounts {
  readonly server: Pick<PortalServer, 'connections' | 'answered'>;
  /** Pages that are open. */
  readonly streams: number;
  /** In effect. */
  readonly logins: number;
  /** Since the start. */
  readonly counts: { readonly allowed: number; readonly refused: number };
}

export function portalMetrics({ server, streams, logins, counts }: PortalCounts): readonly Metric[] {
  const loginsHelp = 'Logins at the portal, by what came of them.';
  const answers = [...server.answered].map(([status, count]) => ({
    ...counter('towline_gateway_portal_answers_total', 'Answers of the portal, by status.', count),
    labels: { status: String(status) },
  }));
  return [
    gauge('towline_gateway_portal_connections', 'Connections to the portal.', server.connections),
    gauge('towline_gateway_portal_streams', 'Pages of the portal that are open.', streams),
    gauge('towline_gateway_portal_logins', 'People who are logged in at the portal, each as often.', logins),
    ...(['allowed', 'refused'] as const).map(outcome => ({
      ...counter('towline_gateway_portal_logins_total', loginsHelp, counts[outcome]),
      labels: { outcome },
    })),
    ...answers,
  ];
}
