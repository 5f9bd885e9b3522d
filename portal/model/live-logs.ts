/** Lines of a device as they come: what its branch has more since it was told last, each commit checked against the device's key. */
import { TowlineError } from '../../core/errors.ts';
import type { Clock } from '../../core/io/clock.ts';
import { fieldsOf } from '../../core/json.ts';
import { DeviceHistory } from '../../core/telemetry/reading/device-history.ts';
import { inOrder, type LogLine as Line, linesOf } from '../../core/telemetry/reading/log-lines.ts';
import type { SegmentPlace } from '../../core/telemetry/record/segment-path.ts';
import type { ObjectId } from '../../core/trust/git/object-source.ts';
import type { LogLine } from '../api/types.generated.ts';
import type { FleetSource } from '../home/fleet-source.ts';
import type { TelemetrySource } from '../home/telemetry-source.ts';

/** Who looks: asked anew each time. */
export interface LogReader {
  reads(device: string): boolean;
}

export interface LiveLogsQuestion {
  readonly home: {
    readonly fleet: Pick<FleetSource, 'current'>;
    readonly telemetry: Pick<TelemetrySource, 'tips' | 'onMove' | 'objects'>;
    readonly clock: Pick<Clock, 'now'>;
  };
  readonly viewer: LogReader;
  readonly device: string;
  /** Undefined: of all. */
  readonly app: string | undefined;
  readonly service: string | undefined;
}

/** `data` of an event `logs`. */
export interface LiveLines {
  readonly device: string;
  /** The oldest first. */
  readonly lines: readonly LogLine[];
  /** Older ones that came with them, and are not told. */
  readonly leftOut: number;
  /** Commits that the device’s key has not signed, and why. */
  readonly doubtful: readonly string[];
}

/** What came just before somebody began to look is told, too, milliseconds: nothing falls between a page and its stream. */
const beforeMs = 60_000;
/** In one event. */
const mostLines = 500;
const mostTextBytes = 256 * 1024;
const mostDoubts = 5;

export class LiveLogs {
  readonly looked: readonly string[];
  readonly #question: LiveLogsQuestion;
  readonly #sinceMs: number;
  readonly #history: DeviceHistory;
  #known: ObjectId | undefined;

  /** @throws TowlineError PORTAL_NOT_FOUND */
  constructor(question: LiveLogsQuestion) {
    const { home, device } = question;
    this.#question = question;
    this.looked = [device];
    this.#sinceMs = home.clock.now() - beforeMs;
    this.#history = new DeviceHistory(home.telemetry.objects);
    this.#assertRead();
  }

  onNews(wake: () => void): () => void {
    const { home, device } = this.#question;
    return home.telemetry.onMove(moved => {
      if (moved === device) wake();
    });
  }

  /**
   * @returns undefined: there is nothing new
   * @throws TowlineError PORTAL_NOT_FOUND: they read it no more; TRUST_OBJECT_SOURCE; the signal's reason
   */
  async next(
    signal: AbortSignal,
  ): Promise<{ readonly event: 'logs'; readonly id: string; readonly data: string } | undefined> {
    this.#assertRead();
    const { home, device } = this.#question;
    const tip = home.telemetry.tips().get(device);
    if (tip === undefined || tip === this.#known) return undefined;
    const sshKey = home.fleet.current?.fleet.devices.get(device)?.value.keys?.ssh;
    const asked = { device, tip, sshKey, sinceMs: this.#sinceMs, known: this.#known };
    const stretch = await this.#history.stretch(asked, signal);
    this.#known = tip;
    const lines: Line[] = [];
    let leftOut = 0;
    for await (const piece of this.#history.pieces(stretch, place => this.#wants(place), signal))
      leftOut += keepNewest(lines, linesOf({ device, piece }));
    const doubtful = stretch.doubtful.slice(-mostDoubts);
    if (lines.length === 0 && doubtful.length === 0) return undefined;
    const told = newest(inOrder(lines).map(shownLine));
    const live: LiveLines = {
      ...{ device, lines: told, doubtful },
      leftOut: leftOut + lines.length - told.length,
    };
    // While it was read, their right to it may have gone.
    this.#assertRead();
    return { event: 'logs', id: tip, data: JSON.stringify(live) };
  }

  #wants(place: SegmentPlace): boolean {
    const { app, service } = this.#question;
    if (place.kind !== 'logs') return false;
    return (
      (app === undefined || place.project === app) && (service === undefined || place.service === service)
    );
  }

  /** One answer for a device that is none and one of somebody else. */
  #assertRead(): void {
    const { viewer, device } = this.#question;
    if (!viewer.reads(device))
      throw new TowlineError('PORTAL_NOT_FOUND', 'there is no such device, or none for this person');
  }
}

/** Of a log line, what the API has of it. */
export function shownLine(line: Line): LogLine {
  const { id, time, project, service, container, level, text, isGap, record } = line;
  const { stream } = fieldsOf(record);
  return {
    ...{ id, time, app: project, service, container, text },
    ...(level === undefined ? {} : { level }),
    ...(typeof stream === 'string' ? { stream } : {}),
    ...(isGap ? { gap: true } : {}),
  };
}

/** However much comes at once, no more than this is held. @returns how many had to go */
function keepNewest(lines: Line[], more: readonly Line[]): number {
  lines.push(...more.slice(-4 * mostLines));
  const dropped = Math.max(0, more.length - 4 * mostLines);
  return dropped + lines.splice(0, Math.max(0, lines.length - 4 * mostLines)).length;
}

function newest(lines: readonly LogLine[]): readonly LogLine[] {
  let bytes = 0;
  let from = lines.length;
  while (from > 0 && lines.length - from < mostLines) {
    bytes += lines[from - 1]?.text.length ?? 0;
    if (bytes > mostTextBytes) break;
    from -= 1;
  }
  return lines.slice(from);
}
