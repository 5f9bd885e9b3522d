/** What a device says of its own tunnel: the newest status of its telemetry branch, checked against its key. */
import { isTowlineError } from '../../../core/errors.ts';
import { GitCatFileSource } from '../../../core/io/git/git-object-source.ts';
import { readDeviceReport } from '../../../core/telemetry/device-report.ts';
import type { StatusFile } from '../../../schemas/types.generated.ts';
import { TelemetryClone } from '../../telemetry/telemetry-clone.ts';

export interface DeviceQuestion {
  /** Where telemetry is read. */
  readonly place: string;
  readonly device: string;
  readonly fleet: string;
  readonly sshKey: string | undefined;
}

/** Fetched into a folder that goes away again. */
export class DeviceWord implements AsyncDisposable {
  readonly #question: DeviceQuestion;
  readonly #clone: TelemetryClone;

  /** @throws TowlineError CLI_GATEWAY_UNREACHABLE, CLI_GATEWAY_REFUSED, CLI_NO_TELEMETRY */
  static async open(question: DeviceQuestion, signal: AbortSignal): Promise<DeviceWord> {
    return new DeviceWord(question, await TelemetryClone.open(question.place, [question.device], signal));
  }

  private constructor(question: DeviceQuestion, clone: TelemetryClone) {
    this.#question = question;
    this.#clone = clone;
  }

  /** @returns undefined: nothing yet, or nothing that its key has signed. @throws as `open` */
  async status(signal: AbortSignal): Promise<StatusFile | undefined> {
    const { device, fleet, sshKey } = this.#question;
    const tip = (await this.#clone.tips(signal)).get(device);
    if (tip === undefined) return undefined;
    await using source = new GitCatFileSource(this.#clone.directory);
    const report = await readDeviceReport({ source, tip, device, fleet, sshKey }).catch((error: unknown) => {
      if (isTowlineError(error, 'TRUST_OBJECT_SOURCE')) return undefined;
      throw error;
    });
    return report?.kind === 'said' ? report.status : undefined;
  }

  async refresh(signal: AbortSignal): Promise<void> {
    await this.#clone.refresh([this.#question.device], signal);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#clone[Symbol.asyncDispose]();
  }
}
