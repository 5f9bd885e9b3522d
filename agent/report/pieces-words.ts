/** What a commit brings besides the status, in words for whoever reads `git log` of the branch. */
import { someOf } from '../../core/some-of.ts';
import { readSegmentPath, type SegmentClass } from '../../core/telemetry/record/segment-path.ts';
import type { Piece } from '../telemetry/collector.ts';

type Known = Pick<Piece, 'path' | 'class' | 'records'>;

const mostNamed = 3;

/** `1,204 log lines of web, db; 3 errors; 2 events; metrics`; empty where there is none. */
export function piecesWords(pieces: readonly Known[]): string {
  const sum = (...classes: readonly SegmentClass[]) =>
    pieces.filter(piece => classes.includes(piece.class)).reduce((total, { records }) => total + records, 0);
  const [lines, errors, events, moments] = [
    sum('debug', 'log', 'error'),
    sum('error'),
    sum('event'),
    sum('metric'),
  ];
  const parts = [
    lines === 0 ? undefined : `${counted(lines, 'log line')}${servicesOf(pieces)}`,
    errors === 0 ? undefined : counted(errors, 'error'),
    events === 0 ? undefined : counted(events, 'event'),
    moments === 0 ? undefined : `metrics at ${counted(moments, 'moment')}`,
  ];
  return parts.filter(part => part !== undefined).join('; ');
}

export function counted(count: number, what: string): string {
  // Without Intl, whose tables are megabytes.
  return `${String(count).replace(/\B(?=(?:\d{3})+$)/g, ',')} ${what}${count === 1 ? '' : 's'}`;
}

/** In the order in which most was said; by the project too where two have a service of one name. */
function servicesOf(pieces: readonly Known[]): string {
  const found = new Map<string, { project: string; service: string; records: number }>();
  for (const { path, records } of pieces) {
    const place = readSegmentPath(path);
    if (place?.kind !== 'logs') continue;
    const { project, service } = place;
    const key = `${project}/${service}`;
    found.set(key, { project, service, records: (found.get(key)?.records ?? 0) + records });
  }
  const all = [...found.values()].sort((a, b) => b.records - a.records);
  const names = all.map(({ project, service }) =>
    all.some(other => other.service === service && other.project !== project)
      ? `${project}/${service}`
      : service,
  );
  return names.length === 0 ? '' : ` of ${someOf(names, mostNamed)}`;
}
