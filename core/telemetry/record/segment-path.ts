/** Where segments lie in a telemetry commit. The tree of a commit holds what is new in it, and the status. */

/**
 * What a segment holds, and what goes first where room is short: `debug`, then `metric`, `log`, `error`, `event`.
 * A container's records lie in up to three files by class, each in order.
 */
export const segmentClasses = ['debug', 'metric', 'log', 'error', 'event'] as const;
export type SegmentClass = (typeof segmentClasses)[number];
export type LogClass = Extract<SegmentClass, 'debug' | 'log' | 'error'>;

export function isLogClass(word: SegmentClass): word is LogClass {
  return word === 'debug' || word === 'log' || word === 'error';
}

export type SegmentPlace =
  | {
      readonly kind: 'logs';
      readonly class: LogClass;
      readonly project: string;
      readonly service: string;
      /** Twelve digits of the container's id. */
      readonly container: string;
      /** Of the first record. */
      readonly sequence: number;
    }
  | { readonly kind: 'events' | 'metrics'; readonly sequence: number };

const logsPath =
  /^logs\/([\w.-]{1,255})\/([\w.-]{1,255})\/([0-9a-f]{12})-(\d{12}|[1-9]\d{12,15})-(debug|log|error)\.ndjson\.gz$/;
const otherPath = /^(events|metrics)\/(\d{12}|[1-9]\d{12,15})\.ndjson\.gz$/;

/** `logs/<project>/<service>/<container>-<sequence>-<class>.ndjson.gz`, `events/<sequence>.ndjson.gz`, `metrics/…`. */
export function segmentPath(place: SegmentPlace): string {
  const number = String(place.sequence).padStart(12, '0');
  if (place.kind !== 'logs') return `${place.kind}/${number}.ndjson.gz`;
  const { project, service, container } = place;
  return `logs/${plain(project)}/${plain(service)}/${container}-${number}-${place.class}.ndjson.gz`;
}

/** @returns undefined: no segment's */
export function readSegmentPath(path: string): SegmentPlace | undefined {
  const other = otherPath.exec(path);
  if (other !== null)
    return { kind: other[1] === 'events' ? 'events' : 'metrics', sequence: Number(other[2]) };
  const [, project = '', service = '', container = '', sequence, kind] = logsPath.exec(path) ?? [];
  if (sequence === undefined) return undefined;
  const logClass: LogClass = kind === 'debug' || kind === 'error' ? kind : 'log';
  return { kind: 'logs', class: logClass, project, service, container, sequence: Number(sequence) };
}

/** Names of projects and services are plain already, but for what Compose allows beyond. */
function plain(name: string): string {
  return name.replace(/[^A-Za-z0-9_.-]/g, '-').replace(/^\.+/, '-');
}
