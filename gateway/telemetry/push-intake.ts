/** Takes pushes to a device's branch in, whoever brings them: within what one device may, and after all that is checked. */
import { randomUUID } from 'node:crypto';
import { isTowlineError, TowlineError } from '../../core/errors.ts';
import type { Audit } from '../admission/audit.ts';
import type { Departures } from '../admission/departures.ts';
import type { RateLimiter } from '../limits/device-limits.ts';
import type { Slots } from '../limits/slots.ts';
import type { PackedObject } from './pack-reader.ts';
import { PushBody, type PushBodyOptions } from './push-body.ts';
import { type PushCommand, type PushHead, reportStatus } from './push-request.ts';
import type { StoredBudget } from './stored-budget.ts';
import type { TelemetryStore } from './telemetry-store.ts';

export interface PushIntakeOptions {
  readonly store: Pick<TelemetryStore, 'accept'>;
  /** Told of each push that was taken in. */
  readonly departures: Pick<Departures, 'look'>;
  readonly pushes: RateLimiter;
  readonly stored: StoredBudget;
  readonly audit: Audit;
  /** Large packs that are unpacked at once. */
  readonly unpacking: Slots;
  readonly maxPushBytes: number;
  /** For bodies that do not stay in memory. */
  readonly folder: string;
  readonly signal: AbortSignal;
}

export interface Pushed {
  /** Whose branch it is. */
  readonly device: string;
  readonly command: PushCommand;
  readonly body: PushBody;
  /** As `Push.judge`. */
  readonly judge?: (objects: readonly PackedObject[]) => Promise<void>;
}

export interface PushResult {
  /** As the client has asked for it. */
  readonly report: Buffer;
  /** Of the content: git's own kind, which the report says as `ng`. */
  readonly refusal: TowlineError | undefined;
}

const ofContent: ReadonlySet<string> = new Set([
  'GATEWAY_PACK_REFUSED',
  'GATEWAY_OLD_ID_STALE',
  'TELEMETRY_FORGED',
]);

export class PushIntake {
  readonly #options: PushIntakeOptions;

  constructor(options: PushIntakeOptions) {
    this.#options = options;
  }

  /** Before anything is received. @throws TowlineError GATEWAY_RATE_LIMITED */
  begin(device: string): void {
    const { pushes, stored, audit } = this.#options;
    const waitSec = pushes.take(device);
    if (waitSec > 0) {
      throw new TowlineError('GATEWAY_RATE_LIMITED', 'this device pushes too often', {
        details: { retryAfterSec: waitSec },
      });
    }
    try {
      stored.check(device);
    } catch (error) {
      if (isTowlineError(error)) {
        const { code, message } = error;
        audit.write({ action: 'push-telemetry', outcome: 'refused', who: device, code, message });
      }
      throw error;
    }
  }

  /**
   * @param admit throws to refuse a command, before its pack is waited for; what deletes is refused without asking
   * @throws TowlineError GATEWAY_REF_FORBIDDEN, GATEWAY_REQUEST_MALFORMED, GATEWAY_REQUEST_TOO_LARGE; what `admit` throws
   */
  receive(
    stream: AsyncIterable<Buffer>,
    admit: (command: PushCommand) => void,
    reading: Pick<PushBodyOptions, 'readHead'> = {},
  ): Promise<{ head: PushHead; body: PushBody }> {
    const { folder, maxPushBytes: maxBytes } = this.#options;
    const admitHead = ({ command }: PushHead) => {
      if (command === undefined) return;
      admit(command);
      if (command.newId === undefined)
        throw new TowlineError('GATEWAY_REF_FORBIDDEN', 'a telemetry branch is not deleted');
    };
    return PushBody.receive(stream, admitHead, { folder, name: randomUUID(), maxBytes, ...reading });
  }

  /** @throws TowlineError GATEWAY_REQUEST_TOO_LARGE, GATEWAY_BUSY; what the disk throws */
  async take({ device, command, body, judge }: Pushed): Promise<PushResult> {
    const { store, stored, departures, unpacking, signal } = this.#options;
    const { ref, oldId, newId } = command;
    const report = (refusal?: string) =>
      command.reportStatus ? reportStatus(ref, refusal) : Buffer.alloc(0);
    try {
      if (newId === undefined) throw new TowlineError('GATEWAY_REF_FORBIDDEN', 'no deletion');
      // Small ones, which nearly all are, go on together and are made durable together.
      using _slot = body.isSmall ? undefined : await unpacking.take(signal);
      const push = { ref, oldId, newId, pack: await body.bytes() };
      const bytes = await store.accept(judge === undefined ? push : { ...push, judge });
      stored.charge(device, bytes);
      departures.look(device);
    } catch (error) {
      if (!isTowlineError(error) || !ofContent.has(error.code)) throw error;
      return { report: report(`${error.code} ${error.message}`), refusal: error };
    }
    return { report: report(), refusal: undefined };
  }
}
