/** Records of one commit as deliveries: whose they are says the commit, and nothing in them. */
import type { CommitPiece } from '../../../core/telemetry/commit-records.ts';
import type { Delivery, MetricsDelivery, Origin } from '../delivery.ts';

/** Further ahead of the gateway's clock is no measurement: one such sample made a Prometheus refuse everybody's. */
const maxAheadMs = 10 * 60_000;

/** @returns deliveries of a piece, in order. Metrics are one. */
export function deliveriesOf(piece: CommitPiece, origin: Origin): readonly Delivery[] {
  const { device } = origin;
  if (piece.kind === 'metrics') {
    const id = `${device}/metrics/${piece.place.sequence}`;
    return [{ kind: 'metrics', id, origin, blocks: piece.blocks }];
  }
  if (piece.kind === 'event') {
    return piece.records.map(record => ({
      ...{ kind: 'event', id: `${device}/events/${record.sequence}`, origin, record },
    }));
  }
  const { project, service, container } = piece.place;
  const prefix = `${device}/${container}/`;
  return piece.records.map(record => ({
    ...{ kind: 'log', id: prefix + record.sequence, origin, project, service, container, record },
  }));
}

/** Without moments that lie in the future. @returns how many those were, with what is left */
export function withoutFuture(
  delivery: MetricsDelivery,
  nowMs: number,
): { readonly delivery: MetricsDelivery; readonly ahead: number } {
  const latest = nowMs + maxAheadMs;
  let ahead = 0;
  for (const { moments } of delivery.blocks)
    ahead += moments.reduce((count, { timeMs }) => (timeMs > latest ? count + 1 : count), 0);
  if (ahead === 0) return { delivery, ahead };
  const blocks = delivery.blocks.map(({ series, moments }) => ({
    ...{ series, moments: moments.filter(({ timeMs }) => timeMs <= latest) },
  }));
  return { delivery: { ...delivery, blocks: blocks.filter(({ moments }) => moments.length > 0) }, ahead };
}
