/**
 * What a device last said of itself is verified once, where several followers want it: who comes first leaves it for the others,
 * and the last of them takes it away. Of a fleet whose devices all moved the newest are kept, the others are read by each.
 */
import {
  type DeviceReport,
  type ReportQuestion,
  readDeviceReport,
} from '../../core/telemetry/device-report.ts';

export type ReadReport = (question: ReportQuestion) => Promise<DeviceReport>;

interface Left {
  readonly key: string;
  /** Followers that have it. */
  readonly had: Set<symbol>;
  readonly report: Promise<DeviceReport>;
}

/** Of some kilobytes each. */
const maxLeft = 2000;

export class DeviceReports {
  readonly #read: ReadReport;
  /** By device. */
  readonly #left = new Map<string, Left>();
  #readers = 0;

  constructor(read: ReadReport = readDeviceReport) {
    this.#read = read;
  }

  /** For one follower. */
  reader(): ReadReport {
    const by = Symbol();
    this.#readers += 1;
    return async question => {
      const { device, tip, sshKey, fleet } = question;
      const key = `${tip} ${fleet} ${sshKey}`;
      const left = this.#left.get(device);
      if (left?.key === key && !left.had.has(by)) {
        left.had.add(by);
        if (left.had.size >= this.#readers) this.#left.delete(device);
        return await left.report;
      }
      this.#left.delete(device);
      const report = this.#read(question);
      if (this.#readers > 1) this.#leave(device, { key, had: new Set([by]), report });
      return await report;
    };
  }

  #leave(device: string, left: Left): void {
    this.#left.set(device, left);
    left.report.catch(() => {
      if (this.#left.get(device) === left) this.#left.delete(device);
    });
    for (const oldest of this.#left.keys()) {
      if (this.#left.size <= maxLeft) break;
      this.#left.delete(oldest);
    }
  }
}
