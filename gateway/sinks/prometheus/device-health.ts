/** What each device last said of itself, and when it was last heard, as series: what alerts are made of. */
import type { StatusFile } from '../../../schemas/types.generated.ts';
import type { TelemetryRecord } from '../sink.ts';
import { type HealthSeries, statusSeries } from './health-series.ts';
import { MainTrail } from './main-trail.ts';

interface Known {
  /** Gateway's clock; of what was there when the gateway started, the device's. */
  heardMs: number;
  /** What tells one report from the next. */
  time: string | undefined;
  /** Seconds that its clock was ahead, when it was last heard. */
  offset: number | undefined;
  trusted: string | undefined;
  trustedSinceMs: number;
  /** Nobody waits for it any more. */
  left: boolean;
  said: readonly HealthSeries[];
}

export class DeviceHealth {
  readonly #devices = new Map<string, Known>();
  readonly #trail = new MainTrail();

  /** The commit that the gateway trusts now. */
  followed(commit: string, nowMs: number): void {
    this.#trail.note(commit, nowMs);
  }

  see(record: TelemetryRecord, nowMs: number): void {
    const { device } = record;
    if (record.kind === 'gone') this.#devices.delete(device);
    else if (record.revoked) this.#devices.set(device, leftWith('towline_device_revoked', nowMs));
    else if (record.kind === 'silent') {
      if (record.hasKeys) this.#devices.set(device, this.#devices.get(device) ?? unheard(nowMs));
      else this.#devices.delete(device);
    } else if (record.report.kind === 'said') this.#hear(device, record.report.status, nowMs);
    else {
      const known = this.#devices.get(device) ?? unheard(nowMs);
      const labels = `doubt="${record.report.doubt}"`;
      this.#devices.set(device, {
        ...known,
        said: [{ family: 'towline_device_doubtful', labels, value: 1 }],
      });
    }
  }

  /** Now. Nothing of a device that was never expected to say anything. */
  seriesOf(device: string, nowMs: number): readonly HealthSeries[] {
    const known = this.#devices.get(device);
    if (known === undefined || known.left) return known?.said ?? [];
    const { heardMs, trusted, trustedSinceMs, offset } = known;
    const own = (family: string, value: number): HealthSeries => ({ family, labels: '', value });
    const series = [...known.said, own('towline_device_silent_seconds', Math.max(0, nowMs - heardMs) / 1000)];
    if (trusted !== undefined) {
      const behindMs = this.#trail.behindMs(trusted, trustedSinceMs, nowMs);
      series.push(own('towline_device_behind_seconds', Math.max(0, behindMs) / 1000));
    }
    if (offset !== undefined) series.push(own('towline_device_clock_offset_seconds', offset));
    return series;
  }

  #hear(device: string, status: StatusFile, nowMs: number): void {
    const known = this.#devices.get(device);
    const timeMs = Date.parse(status.time);
    // The same report comes again where its keys have changed.
    const isAgain = known?.time === status.time;
    const isLive = known !== undefined && !isAgain;
    const trusted = status.trusted.commit;
    this.#devices.set(device, {
      heardMs: isLive ? nowMs : isAgain ? known.heardMs : Math.min(nowMs, timeMs),
      time: status.time,
      offset: isLive ? (timeMs - nowMs) / 1000 : known?.offset,
      trusted,
      trustedSinceMs: known?.trusted === trusted ? known.trustedSinceMs : nowMs,
      left: status.outcome === 'retired',
      said: statusSeries(status),
    });
  }
}

function unheard(nowMs: number): Known {
  return {
    heardMs: nowMs,
    time: undefined,
    offset: undefined,
    trusted: undefined,
    trustedSinceMs: nowMs,
    left: false,
    said: [],
  };
}

function leftWith(family: string, nowMs: number): Known {
  return { ...unheard(nowMs), left: true, said: [{ family, labels: '', value: 1 }] };
}
