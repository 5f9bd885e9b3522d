/** Lines of a device's services, as it has signed them: the newest of a while. */
import { DeviceHistory } from '../../../core/telemetry/reading/device-history.ts';
import {
  inOrder,
  isAtLeast,
  type LogLine,
  linesOf,
  sortable,
} from '../../../core/telemetry/reading/log-lines.ts';
import type { SegmentPlace } from '../../../core/telemetry/record/segment-path.ts';
import type { DeviceLogsQuery, Logs, LogLine as ShownLine } from '../../api/types.generated.ts';
import { askedMoment } from '../asked-moment.ts';
import type { Model } from '../model.ts';
import { cutWords } from './placed-entry.ts';

/** Lines that are held while the newest are looked for, beside those that are asked for. */
const mostHeld = 20_000;
const usualSince = '1h';
/** Reasons that are told. */
const mostDoubts = 5;

/** @throws TowlineError PORTAL_MALFORMED; TRUST_OBJECT_SOURCE; the signal's reason */
export async function deviceLogs(
  { seen, home }: Model,
  device: string,
  query: DeviceLogsQuery,
  signal: AbortSignal,
): Promise<Logs> {
  const { since = usualSince, limit } = query;
  const tip = home.telemetry.tips().get(device);
  const sinceMs = askedMoment(since, home.clock.now());
  if (tip === undefined) return { device, lines: [], services: [], doubtful: [] };
  const history = new DeviceHistory(home.telemetry.objects);
  const sshKey = seen.fleet.devices.get(device)?.value.keys?.ssh;
  const stretch = await history.stretch({ device, tip, sshKey, sinceMs }, signal);
  const services = new Map<string, { app: string; service: string }>();
  const wants = (place: SegmentPlace): boolean => {
    if (place.kind !== 'logs') return false;
    const { project: app, service } = place;
    services.set(`${app}/${service}`, { app, service });
    return (
      (query.app === undefined || query.app === app) &&
      (query.service === undefined || query.service === service)
    );
  };
  const isAsked = askedLines(query, sortable(new Date(sinceMs).toISOString()));
  let held: LogLine[] = [];
  let leftOut = 0;
  for await (const piece of history.pieces(stretch, wants, signal)) {
    for (const line of linesOf({ device, piece })) if (isAsked(line)) held.push(line);
    if (held.length < mostHeld + limit) continue;
    leftOut += held.length - limit;
    held = inOrder(held).slice(-limit);
  }
  const all = once(inOrder(held));
  const shown = all.slice(-limit);
  leftOut += all.length - shown.length;
  const [oldest] = shown;
  return {
    ...{ device, tip, lines: shown.map(shownLine), doubtful: stretch.doubtful.slice(-mostDoubts), leftOut },
    services: [...services.values()].sort((left, right) => (left.service < right.service ? -1 : 1)),
    ...(stretch.cutAt === undefined ? {} : { cut: cutWords }),
    ...(leftOut > 0 && oldest !== undefined ? { before: oldest.time } : {}),
  };
}

function askedLines({ q, level, before }: DeviceLogsQuery, since: string): (line: LogLine) => boolean {
  const words = (q ?? '').toLowerCase().split(/\s+/).filter(Boolean);
  const end = before === undefined ? undefined : sortable(before);
  return line => {
    const time = sortable(line.time);
    if (time < since || (end !== undefined && time >= end)) return false;
    if (!isAtLeast(line, level)) return false;
    const text = line.text.toLowerCase();
    return words.every(word => text.includes(word));
  };
}

/** What was sent twice after a crash of the agent is one. */
const once = (lines: readonly LogLine[]): LogLine[] => [
  ...new Map(lines.map(line => [line.id, line])).values(),
];

/** As a page shows it; whatever stands in the text is text there. */
export function shownLine({
  id,
  time,
  project,
  service,
  container,
  text,
  level,
  isGap,
  record,
}: LogLine): ShownLine {
  const stream = 'stream' in record && typeof record.stream === 'string' ? record.stream : undefined;
  return {
    ...{ id, time, app: project, service, container, text },
    ...(stream === undefined ? {} : { stream }),
    ...(level === undefined ? {} : { level }),
    ...(isGap ? { gap: true } : {}),
  };
}
