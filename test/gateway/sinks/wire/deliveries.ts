/** Deliveries as a follower hands them to a sink. */
import type { EventRecord, GapRecord, LogRecord } from '../../../../core/telemetry/record/record.ts';
import type { EventDelivery, LogDelivery, Origin } from '../../../../gateway/sinks/delivery.ts';

export const container = 'c0ffee123456';

export const origin: Origin = {
  fleet: 'wire-fleet',
  device: 'wire-17',
  labels: { site: 'berlin' },
  groups: ['all'],
  commit: '0'.repeat(40),
  commitMs: Date.parse('2026-11-29T01:02:04Z'),
};

/** A line of stdout, 2026-11-29 01:02:03.123456789, unless `about` says otherwise. */
export function logDelivery(sequence: number, text: string, about: Partial<LogRecord> = {}): LogDelivery {
  const time = '2026-11-29T01:02:03.123456789Z';
  return delivered({ kind: 'log', sequence, time, stream: 'stdout', text, ...about });
}

export function gapDelivery(sequence: number, about: Partial<GapRecord> = {}): LogDelivery {
  return delivered({ kind: 'gap', sequence, time: '2026-11-29T01:02:03Z', reason: 'rotated', ...about });
}

export function eventDelivery(sequence: number, about: Partial<EventRecord> = {}): EventDelivery {
  const record: EventRecord = {
    kind: 'event',
    sequence,
    time: '2026-11-29T01:02:03Z',
    name: 'container.die',
    text: 'pump-web-1 ended with 1',
    ...about,
  };
  return { kind: 'event', id: `${origin.device}/events/${sequence}`, origin, record };
}

function delivered(record: LogRecord | GapRecord): LogDelivery {
  const id = `${origin.device}/${container}/${record.sequence}`;
  return { kind: 'log', id, origin, project: 'pump', service: 'web', container, record };
}
